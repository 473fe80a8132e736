using System.Collections.Immutable;

namespace Mesh.State;

/// <summary>What is kept of one cluster as one source brings it.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Scope">What of the cluster the source brings, in its own words.</param>
/// <param name="AsOf">When it was last known to be the cluster's state.</param>
internal sealed record KeptState(string Source, ClusterId Cluster, string Scope, DateTimeOffset AsOf)
{
    /// <summary>Who the cluster is, or <see langword="null"/>.</summary>
    public string? Uid { get; init; }

    /// <summary>The platform's version, or <see langword="null"/>.</summary>
    public string? Version { get; init; }

    /// <summary>Where the caller's Node is, or <see langword="null"/>.</summary>
    public Locality? OwnNode { get; init; }

    /// <summary>What the source remembered with it.</summary>
    public ImmutableDictionary<string, string> Notes { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Its services.</summary>
    public IReadOnlyList<ServiceContribution> Services { get; init; } = [];
}
