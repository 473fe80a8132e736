using System.Diagnostics.Metrics;
using Mesh.Decoding;
using Mesh.Watch;

namespace Mesh.Connector;

public sealed class KubernetesMetricsTests
{
    [Fact]
    public void Instruments_HaveTheirNamesUnitsAndTags()
    {
        using var metrics = new KubernetesMetrics();
        var seen = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == "Mesh") l.EnableMeasurementEvents(instrument, metrics);
            },
        };
        listener.SetMeasurementEventCallback<long>((i, v, tags, _) => Note(i, tags));
        listener.SetMeasurementEventCallback<double>((i, v, tags, _) => Note(i, tags));
        listener.Start();
        var cluster = new ClusterId("alpha-metrics");
        var target = new WatchTarget(ResourceType.EndpointSlices);
        var failure = new WatchFailure(WatchFailureKind.Expired, "watch", target, "");

        metrics.Event(cluster, target, WatchEventType.Added);
        metrics.Relist(cluster, target, failure);
        metrics.Reconnect(cluster, failure);
        metrics.OtherCluster(cluster, target);
        metrics.Published(cluster, TimeSpan.FromMilliseconds(3));

        seen.ShouldBe([
            "mesh.registry.kubernetes.events {event} mesh.cluster=alpha-metrics mesh.resource=endpointslices mesh.event=added",
            "mesh.registry.kubernetes.relists {list} mesh.cluster=alpha-metrics mesh.resource=endpointslices mesh.reason=expired",
            "mesh.registry.kubernetes.reconnects {request} mesh.cluster=alpha-metrics mesh.resource=endpointslices mesh.reason=expired",
            "mesh.registry.kubernetes.reconnects {request} mesh.cluster=alpha-metrics mesh.resource=endpointslices mesh.reason=other_cluster",
            "mesh.registry.kubernetes.lag s mesh.cluster=alpha-metrics",
        ]);

        // Other tests' connectors have meters of the same name.
        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var text = $"{instrument.Name} {instrument.Unit} {string.Join(' ', tags.ToArray().Select(static t => $"{t.Key}={t.Value}"))}";
            if (!text.Contains("alpha-metrics", StringComparison.Ordinal)) return;
            lock (seen) seen.Add(text);
        }
    }
}
