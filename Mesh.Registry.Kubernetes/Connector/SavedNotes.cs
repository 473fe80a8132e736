using System.Collections.Concurrent;
using Mesh.Connection;
using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>What a connector keeps with a cluster's state: who the cluster is, and up to which version each type was read.</summary>
internal static class SavedNotes
{
    private const string Uid = "uid";
    private const string Fallback = "namespace-uid";

    // Asked for with every batch of events.
    private static readonly ConcurrentDictionary<WatchTarget, string> Keys = new();

    /// <summary>What of the cluster is watched, in words; empty where nothing narrows or changes it.</summary>
    public static string ScopeOf(KubernetesClusterOptions options) => string.Join("; ", new[]
    {
        Said("namespaces", string.Join(',', options.Namespaces.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))),
        Said("services", string.Join(',', options.Services.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))),
        Said("selector", options.LabelSelector),
        Said("region", options.Region),
        Said("zone", options.Zone),
        Said("exports", options.ExportMode == ExportMode.Exported ? "named" : null),
    }.OfType<string>());

    public static string VersionOf(WatchTarget target) => Keys.GetOrAdd(target, static t => $"version of {t}");

    /// <summary>Who the cluster was that the state is of; <see langword="null"/> where that could not be read.</summary>
    public static ClusterIdentity? IdentityOf(SavedClusterState saved)
    {
        var identity = new ClusterIdentity(saved.Notes.GetValueOrDefault(Uid), saved.Notes.GetValueOrDefault(Fallback), saved.Cluster.Version);
        return identity.Key is null ? null : identity;
    }

    public static void Remember(ICatalogSink sink, ClusterId cluster, ClusterIdentity identity)
    {
        sink.Remember(cluster, Uid, identity.Uid);
        sink.Remember(cluster, Fallback, identity.Fallback);
    }

    private static string? Said(string what, string? value) => string.IsNullOrEmpty(value) ? null : $"{what} {value}";
}
