using System.Diagnostics.Metrics;
using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Telemetry;

/// <summary>The names, units and tags that dashboards are built on.</summary>
public class MetricsTests
{
    [Fact]
    public async Task Meter_HasTheInstrumentsThatAreDocumented()
    {
        await using var mesh = await TestMesh.StartAsync();
        var found = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == MeshTelemetry.Name && ReferenceEquals(instrument.Meter.Scope, mesh.Services.GetRequiredService<IMeterFactory>()))
                {
                    found.Add($"{instrument.GetType().Name[..^2]} {instrument.Name} {instrument.Unit}");
                }
            },
        };
        listener.Start();

        await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));

        found.Where(static f => f.Contains(" mesh.client.", StringComparison.Ordinal)).ShouldBe(
            ["Counter mesh.client.retries {retry}", "Counter mesh.client.repicks {repick}", "Counter mesh.client.hedges {hedge}", "Counter mesh.client.failures {request}", "ObservableUpDownCounter mesh.client.degraded {condition}", "ObservableCounter mesh.client.undecided {request}", "Histogram mesh.client.wait.duration s"],
            ignoreOrder: true);
        MeshTelemetry.Name.ShouldBe("Mesh");
    }

    [Fact]
    public async Task Failures_SayTheServiceAndWhy()
    {
        await using var mesh = await NearAndFar.StartAsync([TestMesh.ClosedPort()], []);
        using var failures = Instrument.Of<long>(mesh, "mesh.client.failures");

        await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));
        await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://invoices.sales/", Stop));
        await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales:81/", Stop));

        failures.GetMeasurementSnapshot().Select(static m => $"{m.Tags["mesh.service"]} {m.Tags["mesh.reason"]}")
            .ShouldBe(["orders.sales connect", "invoices.sales unknown_service", "orders.sales no_such_port"]);
    }

    [Fact]
    public async Task RetriesAndRepicks_SayTheServiceAndWhereItFailed()
    {
        await using var busy = await Backend.WithStatusAsync(503);
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(busy, far);
        using var retries = Instrument.Of<long>(mesh, "mesh.client.retries");
        using var repicks = Instrument.Of<long>(mesh, "mesh.client.repicks");

        await mesh.Client().GetStringAsync("http://orders.sales/", Stop);
        mesh.SetOrders("alpha", TestMesh.ClosedPort());
        await mesh.Client().GetStringAsync("http://orders.sales/", Stop);

        foreach (var collector in new[] { retries, repicks })
        {
            var measured = collector.GetMeasurementSnapshot().ShouldHaveSingleItem();
            measured.Value.ShouldBe(1);
            measured.Tags.ShouldBe(new Dictionary<string, object?> { ["mesh.service"] = "orders.sales", ["mesh.cluster"] = "alpha" }, ignoreOrder: true);
        }
    }

    [Fact]
    public async Task RequestDuration_OfTheFramework_CarriesClusterTierAndReach()
    {
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync([], [far.Port]);
        using var durations = Instrument.Of<double>(mesh, "http.client.request.duration", "System.Net.Http");

        await mesh.Client().GetStringAsync("http://orders.sales/", Stop);

        await Eventually.BecomesTrue(() => durations.GetMeasurementSnapshot().Count == 1, "the duration is recorded");
        var tags = durations.LastMeasurement!.Tags;
        tags["mesh.cluster"].ShouldBe("beta");
        tags["mesh.tier"].ShouldBe("cluster beta");
        tags["mesh.reach"].ShouldBe("direct");
        tags["server.address"].ShouldBe("orders.sales");
    }

    [Fact]
    public async Task Endpoints_AreCountedByState()
    {
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync([TestMesh.ClosedPort()], [far.Port], new FakeTimeProvider(), static o => o.Policy.ConsecutiveFailures = 1);
        using var counts = Instrument.Of<long>(mesh, "mesh.routing.endpoint.count");

        await mesh.Client().GetStringAsync("http://orders.sales/", Stop);
        counts.RecordObservableInstruments();

        counts.GetMeasurementSnapshot().Select(static m => $"{m.Tags["mesh.cluster"]} {m.Tags["mesh.endpoint.state"]} {m.Value}")
            .ShouldBe(["alpha in_use 0", "alpha ejected 1", "beta in_use 1", "beta ejected 0"], ignoreOrder: true);
    }

    [Fact]
    public async Task Drain_IsAFractionOfEachClustersShare()
    {
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync([TestMesh.ClosedPort()], [far.Port]);
        mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { IsDirect = true, Drain = 25 });
        _ = mesh.Services.GetRequiredService<IMesh>().Explain("orders.sales");
        using var drains = Instrument.Of<double>(mesh, "mesh.routing.cluster.drain");

        await Eventually.BecomesTrue(
            () =>
            {
                drains.Clear();
                drains.RecordObservableInstruments();
                return drains.GetMeasurementSnapshot().Select(static m => (m.Tags["mesh.cluster"], m.Value)).ToHashSet().SetEquals([("alpha", 0.25), ("beta", 0)]);
            },
            "the drain shows");
    }

    [Fact]
    public async Task Wait_IsRecordedInSeconds()
    {
        var clock = new FakeTimeProvider();
        await using var mesh = await TestMesh.StartAsync(s => s.AddSingleton<TimeProvider>(clock), static m => m.AddSource(static _ => new Hosting.SlowSource("down")));
        using var waits = Instrument.Of<double>(mesh, "mesh.client.wait.duration");

        var sending = mesh.Client().GetAsync("http://orders.sales/", Stop);
        clock.Advance(TimeSpan.FromSeconds(30));
        await Should.ThrowAsync<MeshRoutingException>(sending.WaitAsync(Eventually.Bound, Stop));

        var wait = waits.GetMeasurementSnapshot().ShouldHaveSingleItem();
        wait.Value.ShouldBe(30);
        wait.Tags.ShouldBe(new Dictionary<string, object?> { ["mesh.service"] = "orders.sales" });
    }
}
