namespace Mesh.Spill;

/// <summary>
/// Which part of the own requests a group refuses: 503, 429 and other failures after they were sent. What every caller sees by itself, whatever is reported. Only strong evidence: enough
/// answers and refusals in about two seconds.
/// </summary>
internal sealed class Refusals
{
    /// <summary>From this part on it refuses, as one that is full does.</summary>
    private const double Least = 0.05;

    /// <summary>From this part on it serves next to nothing.</summary>
    private const double MostOfFull = 0.9;

    private const double MostUtilization = 2;
    private const double LeastAnswers = 20;
    private const double LeastRefused = 4;

    /// <summary>How long, in seconds, one that has refused is not taken for one that may have much room.</summary>
    private const double Remembered = 30;

    private FadingSum _answered;
    private FadingSum _refused;
    private double _since = double.PositiveInfinity;
    private double _lastPart = double.NaN;

    /// <summary>The part that is refused, 0 to 1; NaN where there were too few answers to say it.</summary>
    public double Part => _answered.Value + _refused.Value < LeastAnswers ? double.NaN : _refused.Value / (_answered.Value + _refused.Value);

    /// <summary>Whether it refuses what one that is full would refuse.</summary>
    public bool AreMany => _refused.Value >= LeastRefused && Part >= Least;

    /// <summary>Whether it did so lately.</summary>
    public bool AreRecent => _since <= Remembered;

    /// <summary>Whether it did so lately, and served some all the same: whoever serves nothing is not full, but broken.</summary>
    public bool AreOfOneThatIsFull => AreRecent && _lastPart < MostOfFull;

    /// <summary>The utilisation at which that part would be refused, from 1 up.</summary>
    public double Utilization => Math.Min(MostUtilization, 1 / (1 - Math.Min(Part, 0.9)));

    /// <summary>One that goes on from here by itself.</summary>
    public Refusals Copy() => (Refusals)MemberwiseClone();

    /// <summary>Takes in what an endpoint of the group showed in this second.</summary>
    /// <param name="answered">How many answers there were.</param>
    /// <param name="refused">How many requests were refused.</param>
    public void Add(int answered, int refused)
    {
        _answered.Add(answered);
        _refused.Add(refused);
    }

    /// <summary>Ends a second.</summary>
    /// <param name="elapsed">How long it was.</param>
    public void Advance(double elapsed)
    {
        _answered.Advance(elapsed);
        _refused.Advance(elapsed);
        _since = AreMany ? 0 : _since + elapsed;
        _lastPart = double.IsNaN(Part) ? _lastPart : Part;
    }

    /// <summary>Forgets what it was told: it was no ordinary second.</summary>
    public void Clear() => (_answered, _refused) = (default, default);
}
