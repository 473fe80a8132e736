namespace Mesh.Spill;

/// <summary>The figures of <see cref="SpillLaw"/>. All were found in the simulator of fleets.</summary>
internal static class SpillSettings
{
    /// <summary>How full a cluster is made by what spills into it.</summary>
    public const double Aim = 0.85;

    /// <summary>How full all are made before anything is turned away.</summary>
    public const double Full = 0.95;

    /// <summary>How full all must say they are until anything is turned away; some of it from <see cref="Aim"/> on.</summary>
    public const double Nearly = 0.90;

    /// <summary>More than this does not count when it is looked at whether all are full: one that is overfull does not speak for another that has room.</summary>
    public const double Overfull = 1.1;

    /// <summary>From here on the own cluster has too much to do, though nothing of it is lost. Above <see cref="Aim"/> by more than the noise, or shares would swing for ever.</summary>
    public const double Cut = 0.98;

    /// <summary>What counts as the utilisation of a cluster that says nothing: everybody is as busy as everybody else.</summary>
    public const double Assumed = 0.6;

    /// <summary>Requests per second of one caller, below which it spills in order by health alone where nothing was ever reported.</summary>
    public const double SmallRate = 10;

    /// <summary>What was away for less than this, in seconds, is not cold when it is back.</summary>
    public const double BlipSeconds = 5;

    /// <summary>Envoy's overprovisioning factor (<c>overprovisioning_factor</c>, default 140 %).</summary>
    public const double Overprovisioning = 1.4;

    /// <summary>What is left of another cluster's capacity where a loss of it is answered at once.</summary>
    public const double LargeLoss = 0.8;

    /// <summary>A group that refuses this part of the own requests now has too much to do, whatever it says.</summary>
    public const double Refused = 0.05;

    /// <summary>The most that a fraction moves in a second while nothing was lost.</summary>
    public const double Step = 0.10;

    /// <summary>The same right after a loss, when the first reports of those come who took over.</summary>
    public const double StepAfterLoss = 0.50;

    /// <summary>How long after a loss that is, in seconds.</summary>
    public const double SettlingSeconds = 3;

    /// <summary>The part of the way to its aim that a fraction moves in a second, by a report of this moment.</summary>
    public const double Gain = 0.4;

    /// <summary>The same where a cluster is overloaded, and right after a loss.</summary>
    public const double QuickGain = 0.8;

    /// <summary>Reports of this age, in seconds, move half as much.</summary>
    public const double HalfAge = 2;

    /// <summary>How many reports in a second a quick move needs: few may be off.</summary>
    public const int QuickReports = 3;

    /// <summary>What a fraction's gain is multiplied with where it turns back, and by how much of itself it recovers in a second: whoever swings acts on old news.</summary>
    public const double Damping = 0.3;

    /// <summary>See <see cref="Damping"/>.</summary>
    public const double Recovery = 0.05;

    /// <summary>The smallest such factor.</summary>
    public const double LeastDamping = 0.05;

    /// <summary>Moves smaller than this are no turn.</summary>
    public const double Turn = 0.02;

    /// <summary>Up to this age, in seconds, a report is taken for the truth; what is older comes the nearer to <see cref="Assumed"/>.</summary>
    public const double TrustedAge = 5;

    /// <summary>The time constant, in seconds, with which it does.</summary>
    public const double DoubtSeconds = 10;

    /// <summary>How long after a loss, in seconds, reports are not taken for signs that a cluster carries more than its capacity says: they may still speak of before.</summary>
    public const double CautionSeconds = 10;

    /// <summary>Smaller differences are noise.</summary>
    public const double DeadBand = 0.01;

    /// <summary>The time constant, in seconds, with which what endpoints report follows what is sent to them.</summary>
    public const double ReportLag = 1.5;

    /// <summary>How long the demand of the own cluster is averaged, in seconds.</summary>
    public const double DemandSeconds = 5;

    /// <summary>How long the own cluster must be overloaded, in seconds, where nothing of it was lost.</summary>
    public const double EvidenceSeconds = 3;

    /// <summary>How many reports must say so in that time.</summary>
    public const int EvidenceReports = 5;

    /// <summary>Where slow start begins.</summary>
    public const double SlowStartFrom = 0.10;

    /// <summary>What goes at least to each cluster, where they are nearly full, so that its reports keep coming.</summary>
    public const double Trickle = 0.01;

    /// <summary>The same for a caller of a few requests a second.</summary>
    public const double MostTrickle = 0.05;
}
