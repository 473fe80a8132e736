using Mesh.Tiers;

namespace Mesh.Health;

/// <summary>What a breaker watches over: one of the service's ports in a tier, or (kind <see cref="TierKind.Cluster"/>) in a cluster.</summary>
/// <param name="Kind">The kind of tier.</param>
/// <param name="Cluster">The cluster, where the tier is of one.</param>
/// <param name="Port">The number of the service's port: where one is dead, another may do well.</param>
internal readonly record struct BreakerKey(TierKind Kind, ClusterId Cluster, int Port);
