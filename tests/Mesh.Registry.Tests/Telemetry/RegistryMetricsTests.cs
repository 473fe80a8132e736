using System.Diagnostics.Metrics;
using Mesh.Catalog;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.Telemetry;

public class RegistryMetricsTests
{
    [Fact]
    public async Task Meter_ACatalogOfOneSource_SaysWhatItHolds()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.SetCluster(new ClusterSnapshot(Beta) { Freshness = ClusterFreshness.Stale, Since = test.Clock.GetUtcNow() - TimeSpan.FromSeconds(90) });
        source.Sink.Reset(Alpha, [Service(Orders, "10.0.0.1", "10.0.0.2"), Service(Carts) with { Ports = [new ServicePort("", 0)] }]);
        source.Sink.ReportFailure("on purpose");
        test.Catalog.Find(Orders);

        var read = Read(test.Catalog.Meter);

        read.ShouldBe(
            [
                "mesh.registry.cluster.age s mesh.cluster=alpha 0",
                "mesh.registry.cluster.age s mesh.cluster=beta 90",
                "mesh.registry.clusters {cluster} mesh.cluster.freshness=connecting 0",
                "mesh.registry.clusters {cluster} mesh.cluster.freshness=live 1",
                "mesh.registry.clusters {cluster} mesh.cluster.freshness=stale 1",
                "mesh.registry.endpoints {endpoint} 2",
                "mesh.registry.interests {service} 1",
                "mesh.registry.quarantined {problem} mesh.source=hand 1",
                "mesh.registry.services {service} 1",
                "mesh.registry.source.failures {failure} mesh.source=hand 1",
            ]);
    }

    private static List<string> Read(Meter meter)
    {
        List<string> read = [];
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter == meter) { l.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => read.Add(Line(instrument, value, tags)));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => read.Add(Line(instrument, value, tags)));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => read.Add(Line(instrument, (long)value, tags)));
        listener.Start();
        listener.RecordObservableInstruments();
        read.Sort(StringComparer.Ordinal);
        return read;
    }

    private static string Line(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', [instrument.Name, instrument.Unit, .. tags.ToArray().Select(static t => $"{t.Key}={t.Value}"), $"{value}"]);
}
