using System.Diagnostics.Metrics;
using Mesh.Catalog;
using Mesh.State;
using Mesh.Supervision;

namespace Mesh.Telemetry;

/// <summary>The meter <c>Mesh.Registry</c>: read when somebody listens, kept up by nobody.</summary>
internal sealed class RegistryMetrics : IDisposable
{
    public const string MeterName = "Mesh";

    private readonly Meter? _own;

    public RegistryMetrics(CatalogCore core, SourceSink[] sinks, NamespaceMemory? memory, IMeterFactory? factory)
    {
        // A factory's meter is the factory's to dispose, and shared by name.
        _own = factory is null ? new Meter(MeterName) : null;
        var meter = Meter = _own ?? factory!.Create(new MeterOptions(MeterName));
        meter.CreateObservableGauge("mesh.registry.services", () => core.Counts.Services, "{service}", "Services in the catalog.");
        meter.CreateObservableGauge("mesh.registry.endpoints", () => core.Counts.Endpoints, "{endpoint}", "Endpoints in the catalog.");
        meter.CreateObservableGauge("mesh.registry.interests", () => core.Interest.Current.Count, "{service}", "Services in use by this process.");
        meter.CreateObservableGauge(
            "mesh.registry.clusters",
            () => Enum.GetValues<ClusterFreshness>().Select(f => new Measurement<int>(
                core.Clusters.All.Count(c => c.Freshness == f),
                new KeyValuePair<string, object?>("mesh.cluster.freshness", f.ToString().ToLowerInvariant()))),
            "{cluster}",
            "Clusters by how well they are known, each source's word counted.");
        meter.CreateObservableGauge("mesh.registry.cluster.age", () => Ages(core), "s", "How old what is known of each cluster may be: 0 while it is live.");
        meter.CreateObservableCounter(
            "mesh.registry.source.failures",
            () => sinks.Select(static s => new Measurement<long>(s.Failures, new KeyValuePair<string, object?>("mesh.source", s.Source.Name))),
            "{failure}",
            "How often a source stopped working or ended.");
        meter.CreateObservableGauge(
            "mesh.registry.quarantined",
            () => sinks.Select(static s => new Measurement<int>(s.ProblemCount, new KeyValuePair<string, object?>("mesh.source", s.Source.Name))),
            "{problem}",
            "What a source brought and the catalog leaves out.");
        meter.CreateObservableCounter("mesh.registry.subscriber.failures", () => core.Notices.Failures.Count, "{failure}", "How often a subscriber to the catalog's changes threw.");
        meter.CreateObservableUpDownCounter("mesh.registry.degraded", () => Conditions(core, sinks, memory).Select(Measure), "{condition}", "What of the catalog and its sources is not as it should be now, by reason.");
    }

    public Meter Meter { get; }

    private static IEnumerable<Condition> Conditions(CatalogCore core, SourceSink[] sinks, NamespaceMemory? memory)
    {
        yield return new Condition("interests_full", core.Interest.IsFull);
        if (memory is not null)
        {
            // What was not read is made up for when every source has spoken.
            yield return new Condition("namespaces_not_read", memory.IsUnread && !Array.TrueForAll(sinks, static s => s.IsSynced));
            yield return new Condition("namespaces_not_written", memory.IsUnwritten);
        }

        foreach (var condition in sinks.SelectMany(static s => s.Conditions))
        {
            yield return condition;
        }
    }

    private static Measurement<int> Measure(Condition condition)
    {
        List<KeyValuePair<string, object?>> tags = [new("mesh.reason", condition.Reason)];
        if (condition.Source is { } source)
        {
            tags.Add(new("mesh.source", source));
        }

        if (!condition.Cluster.IsNone)
        {
            tags.Add(new("mesh.cluster", condition.Cluster.Name));
        }

        return new Measurement<int>(condition.Holds ? 1 : 0, tags);
    }

    // Where several sources bring a cluster, the freshest word counts, as it does for routing.
    private static IEnumerable<Measurement<double>> Ages(CatalogCore core)
    {
        var now = core.TimeProvider.GetUtcNow();
        return core.Clusters.All.GroupBy(static c => c.Cluster).Select(g => new Measurement<double>(
            g.Min(c => c.Freshness == ClusterFreshness.Live ? 0 : Math.Max(0, (now - c.Since).TotalSeconds)),
            new KeyValuePair<string, object?>("mesh.cluster", g.Key.Name)));
    }

    public void Dispose() => _own?.Dispose();
}
