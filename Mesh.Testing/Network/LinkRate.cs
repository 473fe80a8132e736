namespace Mesh.Network;

/// <summary>Shares out one direction's rate: each piece books the time it takes on the wire, behind what is booked already.</summary>
internal sealed class LinkRate(TimeProvider time)
{
    // Small enough that a slow link trickles and that a change of the rate shows soon.
    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private long? _bytesPerSecond;
    private long _freeAt;

    public void Set(long? bytesPerSecond)
    {
        lock (_lock)
        {
            if (_bytesPerSecond == bytesPerSecond) return;
            _bytesPerSecond = bytesPerSecond;
            _freeAt = time.GetTimestamp();
        }
    }

    /// <summary>How much of <paramref name="wanted"/> may go out now; otherwise how long until something may.</summary>
    public (int Granted, TimeSpan Wait) Book(int wanted)
    {
        lock (_lock)
        {
            if (_bytesPerSecond is not { } rate) return (wanted, TimeSpan.Zero);
            var now = time.GetTimestamp();
            if (_freeAt > now) return (0, time.GetElapsedTime(now, _freeAt));
            var granted = (int)Math.Clamp((long)(rate * Piece.TotalSeconds), 1, wanted);
            _freeAt = Math.Max(_freeAt, now - Ticks(Piece)) + Ticks(TimeSpan.FromSeconds((double)granted / rate));
            return (granted, TimeSpan.Zero);
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
