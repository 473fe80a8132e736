using System.Collections.Immutable;

namespace Mesh;

/// <summary>A tier of a route.</summary>
/// <param name="Name">Which: <c>same zone</c>, <c>cluster beta</c> …</param>
/// <param name="Share">The part of new requests that it gets now, in percent.</param>
/// <param name="IsDown">Whether it counts as down, since connections to it fail.</param>
/// <param name="Readmitted">How many of its endpoints are ejected but picked all the same, since nobody else could take over.</param>
/// <param name="Endpoints">Its endpoints, whether usable or not.</param>
public sealed record TierExplanation(string Name, int Share, bool IsDown, int Readmitted, ImmutableArray<EndpointExplanation> Endpoints)
{
    /// <summary>Its level: levels are used one after another, from 0; tiers of one level share by <see cref="Weight"/>, or belong to the own cluster.</summary>
    public int Level { get; init; }

    /// <summary>The weight of its cluster beside the others of its level, 0 for a spare; <see langword="null"/> where clusters do not share by weight.</summary>
    public int? Weight { get; init; }

    /// <summary>How many of its endpoints are well, those behind a gateway counted one by one.</summary>
    public double Healthy { get; init; }

    /// <summary>How many there are in all, those that are not ready included.</summary>
    public double Total { get; init; }

    /// <summary>Whether it bears nothing beyond its share, so that no request is tried again there.</summary>
    public bool IsFull { get; init; }

    /// <summary>Whether too few of its level are well and nobody else can take over, so that ejected ones are taken back.</summary>
    public bool IsInPanic { get; init; }

    /// <summary>How many of those that may be picked this process uses: all of them, but in tiers larger than <see cref="ServicePolicy.SubsetSize"/>.</summary>
    public int InUse { get; init; }
}
