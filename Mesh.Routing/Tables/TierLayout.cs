using Mesh.Health;
using Mesh.Tiers;

namespace Mesh.Tables;

/// <summary>One tier of a table: everybody in it, in whatever health.</summary>
/// <param name="Place">Which tier.</param>
/// <param name="Members">Its endpoints.</param>
/// <param name="ClusterBreakers">The breaker of each member's cluster, in the order of the members.</param>
/// <param name="Upstream">The breaker of what is behind each member, in the same order: <see langword="null"/> where it is no gateway.</param>
/// <param name="Breaker">The tier's own breaker; <see langword="null"/> where the tier is a cluster, or everything.</param>
internal sealed record TierLayout(TierPlace Place, EndpointState[] Members, ConnectBreaker[] ClusterBreakers, UpstreamBreaker?[] Upstream, ConnectBreaker? Breaker)
{
    /// <summary>See <see cref="Spill.SpillTier.Level"/>.</summary>
    public int Level { get; init; }

    /// <summary>See <see cref="Spill.SpillTier.Domain"/>.</summary>
    public int Domain { get; init; }

    /// <summary>How many more belong to it that are not ready, and not on their way out.</summary>
    public int Missing { get; init; }

    /// <summary>Whether neither the tier nor the member's cluster, nor what is behind the member, counts as down.</summary>
    public bool IsUp(int member) => Breaker is not { IsOpen: true } && !ClusterBreakers[member].IsOpen && Upstream[member] is not { IsOpen: true };

    /// <summary>Whether all of it is up.</summary>
    public bool IsAllUp => Breaker is not { IsOpen: true } && Array.TrueForAll(ClusterBreakers, static b => !b.IsOpen) && Array.TrueForAll(Upstream, static b => b is not { IsOpen: true });
}
