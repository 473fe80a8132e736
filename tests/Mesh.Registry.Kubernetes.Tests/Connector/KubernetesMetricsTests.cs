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
                if (instrument.Meter.Name == "Mesh.Registry.Kubernetes") l.EnableMeasurementEvents(instrument, metrics);
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
        metrics.Published(cluster, TimeSpan.FromMilliseconds(3));

        seen.ShouldBe([
            "mesh.registry.kubernetes.events {event} cluster=alpha-metrics resource=endpointslices type=added",
            "mesh.registry.kubernetes.relists {list} cluster=alpha-metrics resource=endpointslices reason=expired",
            "mesh.registry.kubernetes.reconnects {request} cluster=alpha-metrics resource=endpointslices reason=expired",
            "mesh.registry.kubernetes.lag s cluster=alpha-metrics",
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
