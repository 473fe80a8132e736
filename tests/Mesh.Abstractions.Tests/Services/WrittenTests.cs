namespace Mesh.Services;

/// <summary>What people read in a log or a debugger.</summary>
public class WrittenTests
{
    private static readonly ServiceName Orders = new("sales", "orders");

    private static EndpointSegment Segment => new EndpointSegmentBuilder(new ClusterId("alpha"), "orders-x7", []).Add(new(EndpointAddress.FromIPv4(0x0a000001)) { Zone = "eu-1" }).Build();

    [Fact]
    public void ToString_Contracts_AreReadable()
    {
        Segment.ToString().ShouldBe("orders-x7 in alpha, 1 endpoints");
        Segment[0].ToString().ShouldBe("10.0.0.1 (-/eu-1/alpha)");
        new ServiceContribution(Orders) { Segments = [Segment] }.ToString().ShouldBe("orders.sales, 1 endpoints");
        new ServiceContribution(Orders) { Invalid = "no port" }.ToString().ShouldBe("orders.sales, 0 endpoints, invalid: no port");
        new GatewayAddress([EndpointAddress.Parse("gamma.example.com"), EndpointAddress.Parse("203.0.113.7")]).ToString().ShouldBe("gamma.example.com, 203.0.113.7 port 15443");
        new GatewayAddress(default).ToString().ShouldBe("no host port 15443");
        new OneCell(null).ToString().ShouldBe("orders.sales, not known");
        new OneCell(new ServiceSnapshot(Orders, 42, default, [], [])).ToString().ShouldBe("orders.sales r42, 0 endpoints");
    }

    [Fact]
    public void Equality_OfContributions_IsByContent()
    {
        new ServiceContribution(Orders) { Segments = [Segment] }.ShouldBe(new ServiceContribution(Orders) { Segments = [Segment] });
        new ServiceContribution(Orders) { Segments = [Segment] }.ShouldNotBe(new ServiceContribution(Orders));
        new GatewayAddress([EndpointAddress.FromIPv4(1)]).ShouldBe(new GatewayAddress([EndpointAddress.FromIPv4(1)]));
    }

    private sealed class OneCell : ServiceCell
    {
        public OneCell(ServiceSnapshot? snapshot)
            : base(Orders) => Publish(snapshot);

        public override IDisposable OnChange(Action<ServiceCell> callback) => throw new NotSupportedException();
    }
}
