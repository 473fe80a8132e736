namespace Mesh;

/// <summary>How a <see cref="KubernetesWatch{T}"/> fares.</summary>
/// <param name="Freshness">Whether its changes arrive.</param>
/// <param name="Since">Since when.</param>
/// <param name="Failure">What keeps them from arriving and what to do about it; <see langword="null"/> where nothing does.</param>
public sealed record KubernetesWatchHealth(ClusterFreshness Freshness, DateTimeOffset Since, string? Failure);
