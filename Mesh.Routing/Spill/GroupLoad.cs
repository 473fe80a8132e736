using System.Diagnostics.CodeAnalysis;

namespace Mesh.Spill;

/// <summary>What is known of a group of tiers: the own cluster, or another one.</summary>
/// <param name="Capacity">The weight of its endpoints that may be picked.</param>
/// <param name="FullCapacity">The weight of all of its endpoints, in whatever health.</param>
/// <param name="Utilization">The part of its capacity that is in use, by all callers: 1 = all of it; <see cref="double.NaN"/> = not known.</param>
/// <param name="Age">How old the utilisation is, in seconds.</param>
/// <param name="IsReported">Whether the endpoints have said it themselves; where not, it is estimated, and nothing is turned away for it.</param>
/// <param name="Reports">How many endpoints have said it since the last tick.</param>
/// <param name="Refused">The part of the own requests that it has refused in the last seconds, 0 to 1.</param>
/// <param name="IsRefusing">Whether it refuses, or did in the last half minute, as one that is full does: the estimate goes by that.</param>
/// <param name="IsFull">Whether it refuses as one that is full does, or says that it is.</param>
/// <param name="TakenBack">The part of its capacity that was ejected for refusing, and is used all the same.</param>
[SuppressMessage("Performance", "CA1815", Justification = "Never compared.")]
internal readonly record struct GroupLoad(double Capacity, double FullCapacity, double Utilization = double.NaN, double Age = 0, bool IsReported = true, int Reports = 1, double Refused = 0, bool IsRefusing = false, bool IsFull = false, double TakenBack = 0)
{
    /// <summary>Whether anything is known of how busy it is.</summary>
    public bool IsKnown => !double.IsNaN(Utilization);

    /// <summary>The utilisation as far as it can be trusted: of an old report less is left.</summary>
    public double Trusted =>
        SpillSettings.Assumed + ((Utilization - SpillSettings.Assumed) * Math.Exp(-Math.Max(0, Age - SpillSettings.TrustedAge) / SpillSettings.DoubtSeconds));

    /// <summary>The part of all requests that it takes by its health alone, as Envoy's rule has it.</summary>
    public double BasePart => PartOf(Capacity);

    /// <summary>Whether it has lost more than its rule of health bears, or refuses so much that it would have without those that were taken back.</summary>
    public bool HasLost => PartOf(Capacity - TakenBack) < 1;

    /// <summary>Whether it says that it has too much to do, and the own requests feel it: both together need no further proof.</summary>
    public bool IsOverloaded => IsReported && Utilization > 1 && Refused >= SpillSettings.Refused;

    /// <summary>Whether anybody there may be picked.</summary>
    public bool HasCapacity => Capacity > 0;

    private double PartOf(double capacity) => FullCapacity > 0 ? Math.Min(1, SpillSettings.Overprovisioning * capacity / FullCapacity) : 0;
}
