namespace Mesh;

/// <summary>
/// Where a source puts what it brings; each source has its own. Synchronous, safe to call from any thread; what is published is visible to
/// readers when the call returns, notices follow and never block it. A source can change only what it brought itself.
/// </summary>
public interface ICatalogSink
{
    /// <summary>
    /// Says what a cluster is and how fresh it is. To be called before the first <see cref="Reset"/> of that cluster, and on every change.
    /// </summary>
    void SetCluster(ClusterSnapshot cluster);

    /// <summary>Takes a cluster and all this source brought for it away.</summary>
    void RemoveCluster(ClusterId cluster);

    /// <summary>
    /// Replaces everything this source brought for the cluster: one swap per service that differs, additions first, removals last; readers never see
    /// a half-filled service. Problems reported for the cluster before are forgotten.
    /// </summary>
    void Reset(ClusterId cluster, IReadOnlyCollection<ServiceContribution> services);

    /// <summary>Adds or replaces one service of the cluster.</summary>
    void Upsert(ClusterId cluster, ServiceContribution service);

    /// <summary>Takes one service of the cluster away. For an on-demand source also: it does not have it.</summary>
    void Remove(ClusterId cluster, ServiceName service);

    /// <summary>Says that the first state is wholly delivered. Once; further calls do nothing.</summary>
    void MarkSynced();

    /// <summary>Says why the source is not working now, naming what to do; <see langword="null"/> when it works again.</summary>
    void ReportFailure(string? message);

    /// <summary>Says that something was left out; the same subject again replaces the earlier message.</summary>
    void ReportProblem(CatalogProblem problem);

    /// <summary>Says that nothing is left out of this subject any more.</summary>
    void ClearProblem(ClusterId cluster, string subject);

    /// <summary>
    /// Takes up what was kept of the cluster before this process started, and keeps what this source brings for it from now on. To be called first of all, in place of the
    /// first <see cref="SetCluster"/>; <see langword="null"/> where nothing is kept, or nothing of it is left: then call <see cref="SetCluster"/> as ever.
    /// </summary>
    /// <param name="cluster">What the source says of the cluster before it has asked.</param>
    /// <param name="scope">What of the cluster is brought, in words of the source's own: a state of another scope is not taken up.</param>
    SavedClusterState? Restore(ClusterSnapshot cluster, string scope) => null;

    /// <summary>Keeps a word of the source's own with the cluster's state, for <see cref="SavedClusterState.Notes"/>: who it is, up to which version it was read. Cheap.</summary>
    /// <param name="cluster">A cluster that was told of.</param>
    /// <param name="key">What the word is about.</param>
    /// <param name="value">The word, in place of an earlier one; <see langword="null"/> takes it away.</param>
    void Remember(ClusterId cluster, string key, string? value)
    {
    }

    /// <summary>The services that are in use, for sources that bring only those.</summary>
    IServiceInterest Interest { get; }
}
