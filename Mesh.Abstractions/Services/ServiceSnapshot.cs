using System.Collections.Immutable;

namespace Mesh;

/// <summary>A service as merged from every source and cluster at one moment. Immutable: readers hold it as long as they like.</summary>
public sealed class ServiceSnapshot
{
    /// <summary>Makes a snapshot of what the contributions say.</summary>
    /// <param name="name">The service.</param>
    /// <param name="revision">Larger than that of every earlier snapshot of this catalog.</param>
    /// <param name="changedAt">When it was published.</param>
    /// <param name="ports">The merged ports.</param>
    /// <param name="contributions">What each (source, cluster) brings, ordered by cluster, then source.</param>
    public ServiceSnapshot(
        ServiceName name,
        long revision,
        DateTimeOffset changedAt,
        ImmutableArray<ServicePort> ports,
        ImmutableArray<ClusterContribution> contributions)
    {
        Name = name;
        Revision = revision;
        ChangedAt = changedAt;
        Ports = ports;
        Contributions = contributions;
        foreach (var contribution in contributions)
        {
            foreach (var segment in contribution.Service.Segments)
            {
                EndpointCount += segment.Count;
            }
        }
    }

    /// <summary>The service.</summary>
    public ServiceName Name { get; }

    /// <summary>The catalog's revision at its publication; larger = newer.</summary>
    public long Revision { get; }

    /// <summary>When it was published.</summary>
    public DateTimeOffset ChangedAt { get; }

    /// <summary>
    /// The union of the clusters' ports, by the merge rules of the Multi-Cluster Services API: deduplicated by name, then by (protocol, port), the
    /// oldest export first, ties by cluster name; ports that are not exported come last, those of invalid contributions not at all.
    /// </summary>
    public ImmutableArray<ServicePort> Ports { get; }

    /// <summary>The contributions' policies in one: each property is decided as <see cref="Ports"/> are. Default: says nothing.</summary>
    public ServicePolicy Policy { get; init; } = ServicePolicy.Empty;

    /// <summary>Where exporting clusters disagree. Default: none.</summary>
    public ImmutableArray<ServiceConflict> Conflicts { get; init; } = [];

    /// <summary>
    /// What each (source, cluster) brings, ordered by cluster, then source. An endpoint (same cluster, address and ports) that stands in two slices or
    /// comes from two sources is in here once: where it is exported, then where it is ready, then where it stands first.
    /// </summary>
    public ImmutableArray<ClusterContribution> Contributions { get; }

    /// <summary>How many endpoints there are.</summary>
    public int EndpointCount { get; }

    /// <summary>Every endpoint, in the order of the contributions. Enumerating allocates nothing.</summary>
    public EndpointEnumerable Endpoints => new(Contributions);

    /// <summary><c>orders.sales r42, 12 endpoints</c>.</summary>
    public override string ToString() => $"{Name} r{Revision}, {EndpointCount} endpoints";
}
