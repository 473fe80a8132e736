namespace Mesh.Spill;

/// <summary>
/// Estimates how busy a group is where it does not say so: by Little's law its requests in flight grow as their latency does, so what counts is how many times its calm latency it takes.
/// Only strong evidence: enough answers, over more than a second, and a delay that no network or collector makes.
/// </summary>
internal sealed class LatencyStretch
{
    /// <summary>Up to here an endpoint is calm: what it still has room for is not known.</summary>
    public const double Calm = 1.25;

    /// <summary>From here on it is full.</summary>
    public const double Full = 2.0;

    /// <summary>More is no more overloaded.</summary>
    private const double Most = 4.0;

    private const double CalmUtilization = 0.8;
    private const double MostUtilization = 2;
    private const double LeastAnswers = 20;
    private const double LeastDelay = 0.005;

    private FadingSum _answers;
    private FadingSum _stretch;
    private FadingSum _delay;

    /// <summary>The utilisation that the latency stands for, from 0.8 up; NaN where there is too little to go by.</summary>
    public double Utilization
    {
        get
        {
            if (_answers.Value < LeastAnswers)
            {
                return double.NaN;
            }

            var stretch = _delay.Value / _answers.Value < LeastDelay ? 1 : _stretch.Value / _answers.Value;
            return stretch <= Calm ? CalmUtilization
                : stretch <= Full ? CalmUtilization + ((1 - CalmUtilization) * (stretch - Calm) / (Full - Calm))
                : Math.Min(MostUtilization, stretch / Full);
        }
    }

    /// <summary>One that goes on from here by itself.</summary>
    public LatencyStretch Copy() => (LatencyStretch)MemberwiseClone();

    /// <summary>Takes in what an endpoint of the group showed in this second.</summary>
    /// <param name="count">How many answers there were.</param>
    /// <param name="mean">How long they took, in seconds.</param>
    /// <param name="calm">How long they take while it is calm, in seconds; NaN = not known.</param>
    public void Add(int count, double mean, double calm)
    {
        if (count > 0 && calm > 0)
        {
            _answers.Add(count);

            // One stall of a second is not to count for longer than it lasted.
            _stretch.Add(count * Math.Min(mean / calm, Most));
            _delay.Add(count * (Math.Min(mean, Most * calm) - calm));
        }
    }

    /// <summary>Ends a second.</summary>
    /// <param name="elapsed">How long it was.</param>
    public void Advance(double elapsed)
    {
        _answers.Advance(elapsed);
        _stretch.Advance(elapsed);
        _delay.Advance(elapsed);
    }

    /// <summary>Forgets what it was told: it was no ordinary second.</summary>
    public void Clear() => (_answers, _stretch, _delay) = (default, default, default);
}
