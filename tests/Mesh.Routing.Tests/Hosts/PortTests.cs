using System.Collections.Immutable;
using Mesh.Doubles;

namespace Mesh.Hosts;

public sealed class PortTests
{
    [Theory]
    [InlineData("http://orders.sales", "http 80, admin 9000", 8080)]
    [InlineData("https://orders.sales", "http 80, tls 443", 8443)]
    [InlineData("http://orders.sales:9000", "http 80, admin 9000", 17000)]
    [InlineData("http://orders.sales:80", "http 80, admin 9000", 8080)]
    [InlineData("http://orders.sales:443", "http 80, tls 443", 8443)]
    [InlineData("https://orders.sales:80", "http 80, tls 443", 8080)]
    [InlineData("http://_admin.orders.sales", "http 80, admin 9000", 17000)]
    [InlineData("http://_admin.orders.sales:80", "http 80, admin 9000", 17000)]
    [InlineData("http://orders.sales", "any 9000", 17000)]
    [InlineData("https://orders.sales", "any 9000", 17000)]
    [InlineData("http://orders.sales", "a 9000, b 9001/http", 17001)]
    [InlineData("https://orders.sales", "a 9000/http, b 9001/https", 17001)]
    [InlineData("http://orders.sales", "a 9000, b 9001/kubernetes.io/h2c", 17001)]
    [InlineData("https://orders.sales", "a 9000, b 9001/grpc", 17001)]
    public void Pick_Port_IsTheOneThatTheUrlMeans(string url, string ports, int dialled)
    {
        using var mesh = World(ports);

        mesh.Pick(mesh.RouteOf(url)).Endpoint.Port.ShouldBe(dialled);
    }

    [Theory]
    [InlineData("http://orders.sales:81", "http 80, admin 9000", "no port 81")]
    [InlineData("http://_grpc.orders.sales", "http 80, admin 9000", "no port named 'grpc'")]
    [InlineData("http://orders.sales", "a 9000, b 9001", "several ports")]
    [InlineData("http://orders.sales", "a 9000/http, b 9001/http", "more than one")]
    public void Pick_NoSuchPort_FailureListsThePorts(string url, string ports, string expected)
    {
        using var mesh = World(ports);
        var route = mesh.RouteOf(url);

        var failed = mesh.PickResult(route);

        failed.Status.ShouldBe(PickStatus.NoSuchPort);
        var message = route.Describe(failed).Message;
        message.ShouldContain(expected);
        message.ShouldContain("orders.sales");
        foreach (var port in Parse(ports))
        {
            message.ShouldContain($"{port.Port} '{port.Name}'");
        }
    }

    [Fact]
    public void Pick_UdpPort_IsNotCounted()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(
            TestMesh.Part("alpha", [new ServicePort("dns", 80, TransportProtocol.Udp), new ServicePort("web", 8081)], new Pod("10.0.0.1")));

        mesh.Pick().Endpoint.Port.ShouldBe(16081);
    }

    [Fact]
    public void Pick_ClusterNamesThePortDifferently_IsDialledByItsOwnName()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(
            TestMesh.Part("alpha", [new ServicePort("http", 80)]),
            TestMesh.Part("beta", [new ServicePort("web", 80)], new Pod("10.0.1.1")));

        mesh.Pick().Endpoint.Port.ShouldBe(8080);
    }

    [Fact]
    public void Pick_ClusterHasAnotherNumberUnderTheName_IsNotSentThere()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(
            TestMesh.Part("alpha", [new ServicePort("http", 80)], new Pod("10.0.0.1")),
            TestMesh.Part("beta", [new ServicePort("http", 8080)], new Pod("10.0.1.1")));
        mesh.Options = mesh.Options with { Caller = null, CallerNetwork = "vpc" };

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.1");
        mesh.Router.Explain("orders.sales").LeftOut.ShouldContain(l => l.Cluster.Name == "beta" && l.Reason.Contains("port 80"));
    }

    private static TestMesh World(string ports) => new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", Parse(ports), new Pod("10.0.0.1")));

    private static ImmutableArray<ServicePort> Parse(string ports) =>
        [.. ports.Split(", ").Select(static p =>
        {
            var (name, rest) = (p.Split(' ')[0], p.Split(' ')[1].Split('/', 2));
            return new ServicePort(name, int.Parse(rest[0], null), TransportProtocol.Tcp, rest.ElementAtOrDefault(1));
        })];
}
