namespace Mesh.Benchmarks.Fleets.Simulation;

/// <summary>What came of a scenario under a rule.</summary>
internal sealed class Outcome
{
    private const int ShareWindow = 3;
    private const int UtilizationWindow = 2;
    private const int SettledAfter = 10;

    private readonly SecondRecord[] _seconds;
    private readonly int _from;
    private readonly int _to;

    public Outcome(Scenario scenario, SpillOver rule, SecondRecord[] seconds)
    {
        (Scenario, Rule, _seconds) = (scenario, rule, seconds);
        var disturbed = (int)Scenario.DisturbedAt;
        (_from, _to) = (disturbed + (int)scenario.JudgedAfter, (int)scenario.EndsAt);
        var judged = seconds[_from.._to];
        Goodput = judged.Sum(static s => s.Served) / judged.Sum(static s => Math.Min(s.Demand.Sum(), s.Capacity.Sum()));
        Failed = judged.Sum(static s => s.Failed);
        Shed = judged.Sum(static s => s.Shed.Sum());
        FailedAtFirst = seconds[disturbed.._from].Sum(static s => s.Failed);
        Begun = judged.Sum(static s => s.Begun.Sum());
        WorstUtilization = Enumerable.Range(0, scenario.Sizes.Count).Max(WorstOf);
        (SettlingSeconds, Swing) = Settle();
        if (scenario.End is not null)
        {
            var after = seconds[_to..];
            FailedAfterwards = after.Sum(static s => s.Failed);
            ShareSoonAfter = OwnShare(_to + 5);
            ShareAtLast = OwnShare(seconds.Length);
        }
    }

    public Scenario Scenario { get; }

    public SpillOver Rule { get; }

    public IReadOnlyList<SecondRecord> Seconds => _seconds;

    /// <summary>The part of what could have been served that was.</summary>
    public double Goodput { get; }

    /// <summary>Requests that failed once it is judged.</summary>
    public int Failed { get; }

    /// <summary>Requests that failed before.</summary>
    public int FailedAtFirst { get; }

    /// <summary>Requests that were turned away at once.</summary>
    public int Shed { get; }

    public int Begun { get; }

    /// <summary>The largest part of a cluster's capacity that was asked of it, over two seconds.</summary>
    public double WorstUtilization { get; }

    /// <summary>How long shares took until they stayed within three points.</summary>
    public double SettlingSeconds { get; }

    /// <summary>How far shares strayed from their mean after ten seconds, in points.</summary>
    public double Swing { get; }

    /// <summary>Requests that failed after the end of the disturbance.</summary>
    public int FailedAfterwards { get; }

    /// <summary>The part that stays in the own cluster five seconds after it is back.</summary>
    public double ShareSoonAfter { get; } = double.NaN;

    /// <summary>The same at the end of the run.</summary>
    public double ShareAtLast { get; } = double.NaN;

    /// <summary>Whether a requirement is met.</summary>
    /// <param name="requirement">Which.</param>
    /// <param name="beside">What came of it under the rule that knows no reports.</param>
    public bool Meets(Requirement requirement, Outcome beside) => requirement switch
    {
        Requirement.Fits => Failed + FailedAtFirst == 0 && Shed == 0 && WorstUtilization <= 1.05,
        Requirement.DoesNotFit => Goodput >= 0.9 && Failed <= 0.01 * Begun,
        Requirement.Settles => SettlingSeconds <= SettledAfter && Swing <= 3,
        Requirement.ComesBack => FailedAfterwards == 0 && ShareSoonAfter <= 0.5 && ShareAtLast >= 0.99,
        Requirement.AnyNumberOfCallers => Scenario.Judges.Where(static r => r < Requirement.ComesBack).All(r => Meets(r, beside)),
        _ => Goodput >= beside.Goodput - 0.01,
    };

    /// <summary>The parts that the concerned callers sent to each cluster, and turned away, over the seconds before <paramref name="end"/>.</summary>
    public double[] Shares(int end)
    {
        var clusters = Scenario.Sizes.Count;
        var shares = new double[clusters + 1];
        foreach (var second in _seconds.AsSpan(Math.Max(0, end - ShareWindow), Math.Min(ShareWindow, end)))
        {
            for (var c = 0; c < clusters; c++)
            {
                shares[c] += second.Sent[Scenario.Concerned, c];
            }

            shares[clusters] += second.Shed[Scenario.Concerned];
        }

        var sum = Math.Max(1, shares.Sum());
        return Array.ConvertAll(shares, s => s / sum);
    }

    private double OwnShare(int end) => Shares(end)[Scenario.Concerned];

    private double WorstOf(int cluster)
    {
        var worst = 0.0;
        for (var t = _from; t + UtilizationWindow <= _to; t++)
        {
            var window = _seconds.AsSpan(t, UtilizationWindow);
            var (arrived, capacity) = (0.0, 0.0);
            foreach (var second in window)
            {
                arrived += second.Arrived[cluster];
                capacity += second.Capacity[cluster];
            }

            worst = capacity > 0 ? Math.Max(worst, arrived / capacity) : worst;
        }

        return worst;
    }

    private (double Seconds, double Swing) Settle()
    {
        var start = (int)Scenario.DisturbedAt;
        var settled = start + SettledAfter + ShareWindow;
        var shares = Enumerable.Range(start + ShareWindow, _to - start - ShareWindow + 1).Select(end => (End: end, Shares: Shares(end))).ToArray();
        var last = shares.Where(s => s.End >= settled).ToArray();
        var mean = Enumerable.Range(0, Scenario.Sizes.Count + 1).Select(i => last.Average(s => s.Shares[i])).ToArray();
        var swing = last.Max(s => Distance(s.Shares, mean));
        var unsettled = Array.FindLastIndex(shares, s => Distance(s.Shares, mean) > 0.03);

        // A window speaks of the seconds before its end.
        var seconds = unsettled < 0 ? 0 : shares[unsettled].End - (ShareWindow / 2) - start;
        return (seconds, swing * 100);
    }

    private static double Distance(double[] shares, double[] mean) => shares.Zip(mean, static (s, m) => Math.Abs(s - m)).Max();
}
