namespace Mesh.Supervision;

/// <summary>The pauses between runs of a source: each twice the one before up to a limit, half of it by chance so that sources do not move in step.</summary>
internal sealed class RestartBackoff(TimeSpan first, TimeSpan most, Random random)
{
    private TimeSpan? _last;

    /// <summary>The pause to make now.</summary>
    public TimeSpan Next()
    {
        var pause = _last is { } last ? TimeSpan.FromTicks(Math.Min(most.Ticks, last.Ticks * 2)) : first;
        _last = pause;
        return pause * (0.5 + (random.NextDouble() / 2));
    }

    /// <summary>Begins anew.</summary>
    public void Reset() => _last = null;
}
