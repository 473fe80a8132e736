namespace Mesh;

/// <summary>The service catalog: what every source and cluster contributes, merged per service. Reading never locks.</summary>
public interface IMeshCatalog
{
    /// <summary>Looks a service up and registers interest in it. Keep the cell: a look-up per request is not needed.</summary>
    ServiceLookup Find(ServiceName service);

    /// <summary>
    /// As <see cref="Find"/>, but waits while the service is pending, and, where the own cluster has no ready endpoint of it, while a source that is still connecting for
    /// the first time might bring nearer ones: 1 s at most since it became known. A source whose first connect failed is waited for only while the service is not known.
    /// </summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the caller sets the bound.</exception>
    ValueTask<ServiceLookup> FindAsync(ServiceName service, CancellationToken cancellationToken);

    /// <summary>Whether any service of this namespace is or was known.</summary>
    bool HasNamespace(string @namespace);

    /// <summary>Every service known now.</summary>
    IEnumerable<ServiceSnapshot> Services { get; }

    /// <summary>Every cluster known now, a state per (source, cluster).</summary>
    IReadOnlyCollection<ClusterSnapshot> Clusters { get; }

    /// <summary>The cluster as its source sees it now, or <see langword="null"/>. Where several sources bring it, a live one wins.</summary>
    ClusterSnapshot? FindCluster(ClusterId cluster);

    /// <summary>
    /// The cluster as the source named <paramref name="source"/> sees it now, or <see langword="null"/>. What a contribution's addresses are good for (network,
    /// gateway, direct) is its own source's word: a file that names endpoints of a watched cluster does not make its pods reachable.
    /// </summary>
    ClusterSnapshot? FindCluster(ClusterId cluster, string source) => FindCluster(cluster);

    /// <summary>
    /// The service for which another, live cluster of a network now shows an address that a stale cluster had; <see langword="null"/> where none does. Where the answer changes, the services of the
    /// stale cluster that have the address are published anew.
    /// </summary>
    /// <param name="stale">The stale cluster.</param>
    /// <param name="network">Its network.</param>
    /// <param name="address">The address in it.</param>
    /// <param name="port">The port that would be dialled.</param>
    ServiceName? TakenBy(ClusterId stale, string network, EndpointAddress address, int port) => null;

    /// <summary>
    /// Changes whenever anything of a cluster but its freshness, detail or version changes (network, region, gateway, own): routing tables are built
    /// again when it differs from the one they were built with.
    /// </summary>
    long TopologyRevision { get; }

    /// <summary>Every source and how it fares.</summary>
    IReadOnlyCollection<CatalogSourceStatus> Sources { get; }

    /// <summary>What was left out, and why.</summary>
    IReadOnlyCollection<CatalogProblem> Problems { get; }

    /// <summary>Whether every source has delivered its first state.</summary>
    bool IsSynced { get; }

    /// <summary>Waits until every source has delivered its first state.</summary>
    Task WaitForSyncAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks to be told of changes: the cells whose snapshot changed, or an empty batch when a cluster's or a source's state did. Called after the
    /// publish, off the publisher's path, never twice at once. Disposing ends it.
    /// </summary>
    IDisposable Subscribe(Action<IReadOnlyCollection<ServiceCell>> callback);
}
