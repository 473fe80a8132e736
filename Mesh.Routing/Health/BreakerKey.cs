using Mesh.Tiers;

namespace Mesh.Health;

/// <summary>What a breaker watches over: a tier, or (kind <see cref="TierKind.Cluster"/>) a cluster.</summary>
internal readonly record struct BreakerKey(TierKind Kind, ClusterId Cluster);
