namespace Mesh.Spill;

/// <summary>How one endpoint answers: counted as answers come, looked at once a second, by one thread at a time.</summary>
internal sealed class EndpointAnswers
{
    private AnswerTally _tally;
    private CalmLatency _calm = new();
    private int _refusals;

    /// <summary>How many answers there were in the last second.</summary>
    public int Count { get; private set; }

    /// <summary>How many requests it refused in the last second, or failed after they were sent.</summary>
    public int Refused { get; private set; }

    /// <summary>How long they took, in seconds; NaN where there were none.</summary>
    public double MeanSeconds { get; private set; } = double.NaN;

    /// <summary>How long they take while it is calm, in seconds; NaN before that is known.</summary>
    public double CalmSeconds => _calm.Seconds;

    /// <summary>Counts an answer.</summary>
    public void Add(TimeSpan latency) => _tally.Add(latency);

    /// <summary>Counts a request that was refused, or failed after it was sent.</summary>
    public void AddRefused() => Interlocked.Increment(ref _refusals);

    /// <summary>Ends a second.</summary>
    /// <param name="isOrdinary">Whether it was one: after a pause of the process its answers say nothing of the endpoint.</param>
    public void EndSecond(bool isOrdinary)
    {
        (Count, MeanSeconds) = _tally.Take();
        Refused = Interlocked.Exchange(ref _refusals, 0);
        if (!isOrdinary)
        {
            (Count, MeanSeconds, Refused) = (0, double.NaN, 0);
        }
        else if (Count > 0)
        {
            _calm.Observe(Count, MeanSeconds);
        }
    }
}
