namespace Mesh.Spill;

/// <summary>The figures of <see cref="SpillLaw"/>. All were found in the simulator of fleets.</summary>
internal static class SpillSettings
{
    /// <summary>How full a cluster is made by what spills into it.</summary>
    public const double Aim = 0.85;

    /// <summary>How full all are made before anything is turned away.</summary>
    public const double Full = 0.95;

    /// <summary>From here on the own cluster has too much to do, though nothing of it is lost. Above <see cref="Aim"/> by more than the noise, or shares would swing for ever.</summary>
    public const double Cut = 0.98;

    /// <summary>What counts as the utilisation of a cluster that says nothing: everybody is as busy as everybody else.</summary>
    public const double Assumed = 0.6;

    /// <summary>Envoy's overprovisioning factor (<c>overprovisioning_factor</c>, default 140 %).</summary>
    public const double Overprovisioning = 1.4;

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
