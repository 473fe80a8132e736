using System.Collections.Immutable;
using Mesh.Explaining;

namespace Mesh;

/// <summary>An endpoint of a tier.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Address">Where it listens, with the port.</param>
/// <param name="Locality">Where it runs.</param>
/// <param name="IsUsable">Whether it may be picked now.</param>
/// <param name="Health">How it is, in words: <c>healthy</c>, <c>ejected</c>, <c>half-open</c>, <c>probing</c>, <c>probe failed</c>, <c>down</c>; of a gateway also that what is behind it fails.</param>
/// <param name="Reason">Why it is not healthy, or <see langword="null"/>.</param>
/// <param name="EjectedFor">How long the ejection still lasts, or, where a probe failed, until the next one; or <see langword="null"/>.</param>
/// <param name="Latency">The moving average of its latency, faded to this moment; <see langword="null"/> while nothing was measured.</param>
/// <param name="InFlight">Requests under way.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="RelativeWeight">Its weight as a multiple of the mean of those in its tier that may be picked; 1 where all weigh the same.</param>
/// <param name="Failures">Failures since the last success.</param>
public sealed record EndpointExplanation(
    ClusterId Cluster,
    string Address,
    Locality Locality,
    bool IsUsable,
    string Health,
    string? Reason,
    TimeSpan? EjectedFor,
    TimeSpan? Latency,
    int InFlight,
    int Weight,
    double RelativeWeight,
    int Failures)
{
    /// <summary>Whether <see cref="Latency"/> is, or was lately raised by, what a failure counts as, and was not measured.</summary>
    public bool IsPenalty { get; init; }

    /// <summary>The part of what it can carry that it last said is in use, 1 = all of it (ORCA); <see langword="null"/> where it does not say.</summary>
    public double? Utilization { get; init; }

    /// <summary>How long ago it said <see cref="Utilization"/>.</summary>
    public TimeSpan? UtilizationAge { get; init; }

    /// <summary>How it is reached.</summary>
    public Reach Reach { get; init; } = Reach.Direct;

    /// <summary>Where it is a gateway, who of the service is behind it; else empty.</summary>
    public ImmutableArray<BackendExplanation> Behind { get; init; } = [];

    /// <summary>What <c>least-request</c> compares: latency × (requests in flight / relative weight + 1); <see langword="null"/> while nothing was measured.</summary>
    public TimeSpan? Cost => Latency is { } latency ? Phrases.Seconds(latency.TotalSeconds * (InFlight / RelativeWeight + 1)) : null;
}
