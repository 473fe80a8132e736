namespace Mesh.Watch;

/// <summary>How much of a state that arrives is taken: a server that sends objects without end costs itself, not the process.</summary>
internal sealed class StateBudget(WatchTimings timings)
{
    private int _objects;
    private long _bytes;

    /// <summary>A new state begins to arrive.</summary>
    public void Begin() => (_objects, _bytes) = (0, 0);

    /// <summary>Counts an object of the state, one that is left out too; returns what is exceeded, or <see langword="null"/>.</summary>
    /// <param name="bytes">Its length as it arrived.</param>
    public string? Take(int bytes)
    {
        _objects++;
        _bytes += bytes;
        return Check(_objects) ?? (_bytes > timings.MaxListBytes ? $"there are more than the {timings.MaxListBytes} bytes allowed (MaxListBytes)" : null);
    }

    /// <summary>What is exceeded by so many objects, or <see langword="null"/>.</summary>
    public string? Check(int objects) => objects > timings.MaxObjects ? $"there are more than the {timings.MaxObjects} objects allowed (MaxObjects)" : null;
}
