namespace Mesh.Spill;

/// <summary>How many answers an endpoint gave and how long they took in all, counted by one atomic addition each and taken once a second.</summary>
internal struct AnswerTally
{
    private const int MicrosecondBits = 40;
    private const double MostSeconds = 10;

    private long _tally;

    /// <summary>Counts an answer.</summary>
    /// <param name="latency">How long it took; counts as 10 s at most.</param>
    public void Add(TimeSpan latency) =>
        Interlocked.Add(ref _tally, (1L << MicrosecondBits) + (long)(Math.Clamp(latency.TotalSeconds, 0, MostSeconds) * 1e6));

    /// <summary>What was counted since the last time, and begins again.</summary>
    public (int Count, double MeanSeconds) Take()
    {
        var tally = (ulong)Interlocked.Exchange(ref _tally, 0);
        var count = (int)(tally >> MicrosecondBits);
        return (count, count == 0 ? double.NaN : (tally & ((1UL << MicrosecondBits) - 1)) / 1e6 / count);
    }
}
