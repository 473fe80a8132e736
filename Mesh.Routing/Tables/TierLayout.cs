using Mesh.Health;
using Mesh.Tiers;

namespace Mesh.Tables;

/// <summary>One tier of a table: everybody in it, in whatever health.</summary>
/// <param name="Place">Which tier.</param>
/// <param name="Members">Its endpoints.</param>
/// <param name="ClusterBreakers">The breaker of each member's cluster, in the order of the members.</param>
/// <param name="Breaker">The tier's own breaker; <see langword="null"/> where the tier is a cluster, or everything.</param>
internal sealed record TierLayout(TierPlace Place, EndpointState[] Members, Breaker[] ClusterBreakers, Breaker? Breaker)
{
    /// <summary>Whether neither the tier nor the member's cluster counts as down.</summary>
    public bool IsUp(int member) => Breaker is not { IsOpen: true } && !ClusterBreakers[member].IsOpen;
}
