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
    /// <summary>How many of those that may be picked this process uses: all of them, but in tiers larger than <see cref="ServicePolicy.SubsetSize"/>.</summary>
    public int InUse { get; init; }
}
