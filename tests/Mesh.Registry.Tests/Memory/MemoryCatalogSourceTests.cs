using Mesh.Files;

namespace Mesh.Memory;

public class MemoryCatalogSourceTests
{
    private static readonly ClusterId Alpha = new("alpha");
    private static readonly ServiceName Orders = new("sales", "orders");

    [Fact]
    public async Task Run_WhatWasSetBeforeAndAfter_ReachesTheSink()
    {
        var sink = new RecordingSink();
        using var stop = new CancellationTokenSource();
        var source = new MemoryCatalogSource().Service("orders.sales", "alpha", s => s.Port(80).Endpoint("10.0.0.1", 8080, zone: "z"));

        var run = source.RunAsync(sink, stop.Token);
        await sink.NextAsync("synced");
        sink.Clusters[Alpha].IsDirect.ShouldBeTrue();
        sink.Services[(Alpha, Orders)].Segments[0][0].Ports[0].Port.ShouldBe(8080);

        source.Service("carts.sales", "alpha", s => s.Endpoint("10.0.0.2", 80));
        sink.Services.Count.ShouldBe(2);
        source.Remove(Alpha, Orders);
        sink.Services.Keys.ShouldBe([(Alpha, new ServiceName("sales", "carts"))]);

        await stop.CancelAsync();
        await run;
        source.RemoveCluster(Alpha);
        sink.Services.Count.ShouldBe(1);
    }

    [Fact]
    public void Service_BadAddress_RefusedByName() =>
        Should.Throw<FormatException>(() => new MemoryCatalogSource().Service("orders.sales", "alpha", s => s.Endpoint("10.0.0.256", 80)))
            .Message.ShouldContain("'10.0.0.256'");
}
