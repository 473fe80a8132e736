using System.Collections.Immutable;
using Mesh.Connector;
using Mesh.Decoding;

namespace Mesh.Contributions;

/// <summary>Which endpoints of a slice are taken, by their addresses and ports.</summary>
public sealed class ClusterJoinAddressTests : ClusterJoinTest
{
    [Fact]
    public void Address_OfAnotherFamily_IsLeftOutNamedOnceAndClearedWhenFixed()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1", "fd00::1")]);
        Sink.Addresses("orders.sales").ShouldBe("10.0.0.1");
        var problem = Sink.Problems["EndpointSlice sales/a"];
        problem.Message.ShouldContain("fd00::1 is no IPv4 address");
        problem.Service.ShouldBe(ServiceName.Parse("orders.sales"));

        Apply(Slices, Slice("orders", "a", "10.0.0.2", "fd00::1"));
        Sink.Calls.Count(static c => c.StartsWith("Problem", StringComparison.Ordinal)).ShouldBe(1);

        Apply(Slices, Slice("orders", "a", "10.0.0.1"));
        Sink.Problems.ShouldBeEmpty();
        Sink.Calls.ShouldContain("Clear EndpointSlice sales/a");
    }

    [Theory]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.9.9.9", "loopback")]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("169.254.169.254", "metadata")]
    [InlineData("169.254.1.1", "link-local")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("::1", "loopback")]
    [InlineData("::", "unspecified")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("febf::1", "link-local")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("fd00:ec2::254", "metadata")]
    [InlineData("::127.0.0.1", "loopback")]
    [InlineData("64:ff9b::169.254.169.254", "metadata")]
    [InlineData("2002:7f00:1::", "127.0.0.1 in IPv6 clothes, a loopback")]
    [InlineData("2002:a9fe:a9fe:1::5", "169.254.169.254 in IPv6 clothes, the metadata")]
    [InlineData("64:ff9b:1::127.0.0.1", "127.0.0.1 in IPv6 clothes, a loopback")]
    [InlineData("64:ff9b:1:7f00:0:100::", "127.0.0.1 in IPv6 clothes, a loopback")]
    [InlineData("64:ff9b:1:aa7f:0:1::", "127.0.0.1 in IPv6 clothes, a loopback")]
    [InlineData("64:ff9b:1:aaaa:a9:fea9:fe00:0", "169.254.169.254 in IPv6 clothes, the metadata")]
    [InlineData("64:ff9b:1:abcd::169.254.169.254", "169.254.169.254 in IPv6 clothes, the metadata")]
    [InlineData("::ffff:0:127.0.0.1", "127.0.0.1 in IPv6 clothes, a loopback")]
    [InlineData("fec0::1", "site-local")]
    [InlineData("feff::1", "site-local")]
    public void Address_NoClusterMayContribute_IsRefused(string address, string reason)
    {
        var type = address.Contains(':', StringComparison.Ordinal) ? SliceAddressType.IPv6 : SliceAddressType.IPv4;
        Open([Service("orders")], [Slice("orders", "a", type, address)]);

        Sink.Addresses("orders.sales").ShouldBe("");
        Sink.Problems.Single().Value.Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("169.253.0.1")]
    [InlineData("fd00::1")]
    [InlineData("2002:a00:1::5")]
    [InlineData("64:ff9b:1::a00:1")]
    [InlineData("64:ff9b:1:a00:0:100::")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("::ffff:0:10.0.0.1")]
    [InlineData("2001:db8::1")]
    public void Address_OfAPod_IsTaken(string address)
    {
        var type = address.Contains(':', StringComparison.Ordinal) ? SliceAddressType.IPv6 : SliceAddressType.IPv4;
        Open([Service("orders")], [Slice("orders", "a", type, address)]);

        Sink.Addresses("orders.sales").ShouldBe(address);
        Sink.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Address_MappedIntoIPv6_IsNoIPv6Address()
    {
        Open([Service("orders")], [Slice("orders", "a", SliceAddressType.IPv6, "::ffff:127.0.0.1")]);

        Sink.Addresses("orders.sales").ShouldBe("");
        Sink.Problems.Count.ShouldBe(1);
    }

    [Fact]
    public void Slice_OfDnsNames_IsRefused()
    {
        Open([Service("orders")], [Slice("orders", "a", SliceAddressType.Fqdn, "localhost.example")]);

        Sink.Addresses("orders.sales").ShouldBe("");
        Sink.Problems.Single().Value.Message.ShouldContain("FQDN");
    }

    [Fact]
    public void Slice_WithEndpointsAndNoPort_IsNamed()
    {
        var slice = Slice("orders", "a", "10.0.0.1");
        Open([Service("orders")], [new SliceObject(slice.Namespace, slice.Name, "1") { ServiceName = "orders", AddressType = slice.AddressType, Endpoints = slice.Endpoints }]);

        Sink.Addresses("orders.sales").ShouldBe("");
        Sink.Problems.Single().Value.Message.ShouldContain("no port");
    }

    [Fact]
    public void Slice_Empty_IsNoProblem()
    {
        Open([Service("orders")], [new SliceObject("sales", "a", "1") { ServiceName = "orders", AddressType = SliceAddressType.IPv4 }]);

        Sink.Find("orders.sales")!.Segments.ShouldBeEmpty();
        Sink.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Address_TwiceInASlice_IsTakenOnceReadyFirst()
    {
        var slice = Slice("orders", "a", "10.0.0.1", "10.0.0.1", "10.0.0.2");
        slice.Endpoints[0] = slice.Endpoints[0] with { Conditions = EndpointConditions.Serving | EndpointConditions.Terminating };
        Open([Service("orders")], [slice]);

        var endpoints = Sink.Endpoints("orders.sales");
        endpoints.Length.ShouldBe(2);
        endpoints.ShouldAllBe(static e => e.Conditions.HasFlag(EndpointConditions.Ready));
    }
}
