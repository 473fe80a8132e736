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

        var read = MeterReading.Of(test.Catalog.Meter);

        read.ShouldBe(
            [
                "mesh.registry.cluster.age s mesh.cluster=alpha 0",
                "mesh.registry.cluster.age s mesh.cluster=beta 90",
                "mesh.registry.clusters {cluster} mesh.cluster.freshness=connecting 0",
                "mesh.registry.clusters {cluster} mesh.cluster.freshness=live 1",
                "mesh.registry.clusters {cluster} mesh.cluster.freshness=stale 1",
                "mesh.registry.degraded {condition} mesh.reason=connection_not_renewed mesh.source=hand mesh.cluster=alpha 0",
                "mesh.registry.degraded {condition} mesh.reason=connection_not_renewed mesh.source=hand mesh.cluster=beta 0",
                "mesh.registry.degraded {condition} mesh.reason=interests_full 0",
                "mesh.registry.degraded {condition} mesh.reason=source_failing mesh.source=hand 1",
                "mesh.registry.endpoints {endpoint} 2",
                "mesh.registry.interests {service} 1",
                "mesh.registry.quarantined {problem} mesh.source=hand 1",
                "mesh.registry.services {service} 1",
                "mesh.registry.source.failures {failure} mesh.source=hand 1",
                "mesh.registry.subscriber.failures {failure} 0",
            ]);
    }
}
