namespace Mesh.State;

/// <summary>A cluster whose state is kept: whether there is something new, and how it is got.</summary>
/// <param name="file">Where it is kept.</param>
/// <param name="capture">Its state now; <see langword="null"/> while it has none worth keeping. Called by one thread at a time.</param>
/// <param name="signal">Called when there is something new.</param>
internal sealed class KeptCluster(StateFile file, Func<KeptState?> capture, Action signal)
{
    private volatile bool _isDirty;
    private volatile bool _isToldUnwritable;

    public StateFile File => file;

    /// <summary>Of when the state is that was written last; <see langword="null"/> before.</summary>
    public DateTimeOffset? WrittenAsOf { get; set; }

    /// <summary>Whether it was said to be unwritable.</summary>
    public bool IsToldUnwritable
    {
        get => _isToldUnwritable;
        set => _isToldUnwritable = value;
    }

    /// <summary>Something changed. Called on every change of the catalog, so it does nothing more than it must.</summary>
    public void Changed()
    {
        if (_isDirty)
        {
            return;
        }

        _isDirty = true;
        signal();
    }

    /// <summary>The state to be written; <see langword="null"/> where what is written is still true.</summary>
    /// <param name="now">The time.</param>
    /// <param name="refresh">How old the written word may be that nothing has changed.</param>
    public KeptState? TakeDue(DateTimeOffset now, TimeSpan refresh)
    {
        var written = WrittenAsOf ?? DateTimeOffset.MinValue;
        if (!_isDirty && now - written < refresh)
        {
            return null;
        }

        // Taken before the state is looked at: what changes meanwhile counts for the next time.
        var isDirty = _isDirty;
        _isDirty = false;
        var state = capture();
        return state is not null && (isDirty || state.AsOf - written >= refresh) ? state : null;
    }
}
