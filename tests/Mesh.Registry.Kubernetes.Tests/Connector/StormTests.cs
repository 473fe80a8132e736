using System.Globalization;
using k8s;
using k8s.Models;
using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connector;

/// <summary>Whatever happens to the connection while objects change at random: in the end the catalog holds what the API server holds.</summary>
public sealed class StormTests
{
    private const string Namespace = "sales";

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Storm_OnASimulatedServer_EndsAsTheServer(int seed) => await RideAsync(await TestCluster.StartAsync(), new Random(seed), rounds: 4, changes: 60);

    [Fact]
    [Trait("Category", "Real")]
    public async Task Storm_OnARealServer_EndsAsTheServer()
    {
        var provider = RealClusterProvider.ForVersion("1.37").With(new RealClusterOptions { ControllerManager = false });
        if (provider.UnavailableReason is { } reason) Assert.Skip(reason);
        await RideAsync(await TestCluster.StartAsync(provider), new Random(4), rounds: 2, changes: 40);
    }

    private async Task RideAsync(TestCluster cluster, Random random, int rounds, int changes)
    {
        await using var owned = cluster;
        await using var proxy = FaultProxy.Start(cluster.Server.Address);
        await using var mesh = new TestMesh(_time);
        mesh.AddKubernetesCluster("alpha", o =>
        {
            o.KubeconfigPath = cluster.WriteFile("proxied", proxy.Redirect(cluster.Server.GetKubeconfig()));
            o.RequestTimeout = TimeSpan.FromMinutes(10);
        });
        mesh.Start();
        var sink = mesh["alpha"];

        for (var round = 0; round < rounds; round++)
        {
            // Each its own: connections of before the restart are of no use.
            using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeconfigPath));
            using var reader = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeconfigPath));
            for (var i = 0; i < changes; i++)
            {
                await ChangeAsync(client, random);
                if (random.Next(8) == 0) Break(cluster, proxy, random);
                _time.Advance(TimeSpan.FromMilliseconds(random.Next(2_000)));
            }

            if (round == 0)
            {
                await cluster.Server.StopAsync(Token);
                await UntilAsync(mesh, () => !sink.IsLive);
                await cluster.Server.StartAsync(Token);
            }

            proxy.Link.Restore();
            var there = await OnServerAsync(reader);
            await UntilAsync(mesh, () => sink.IsLive && InCatalog(sink) == there, () => $"server:\n{there}\ncatalog:\n{InCatalog(sink)}");
        }

        sink.Calls.Count(static c => c.StartsWith("Reset", StringComparison.Ordinal)).ShouldBe(1);
        InCatalog(sink).ShouldContain("10.");
        sink.Clusters.ShouldContain(static c => c.Freshness == ClusterFreshness.Stale);
    }

    // The way to the server breaks; what the server itself may do wrong only a simulated one can be told.
    private static void Break(TestCluster cluster, FaultProxy proxy, Random random)
    {
        switch (random.Next(cluster.Server is SimulatedKubernetesServer ? 8 : 3))
        {
            case 0:
                proxy.Link.Reset();
                break;
            case 1:
                proxy.Link.Cut();
                break;
            case 2:
                proxy.Link.Restore();
                break;
            case 3:
                cluster.Faults.Compact();
                break;
            case 4:
                cluster.Faults.ExpireWatches();
                break;
            case 5:
                cluster.Faults.TruncateWatches();
                break;
            case 6:
                cluster.Faults.RefuseWatchStarts(2);
                break;
            default:
                cluster.Faults.SendBookmarks();
                break;
        }
    }

    private static async Task ChangeAsync(Kubernetes client, Random random)
    {
        var service = $"s{random.Next(5)}";
        var slice = $"{service}-{random.Next(4)}";
        try
        {
            switch (random.Next(6))
            {
                case 0:
                    await client.CoreV1.CreateNamespacedServiceAsync(Service(service, random), Namespace, cancellationToken: Token);
                    break;
                case 1 when random.Next(3) == 0:
                    await client.CoreV1.DeleteNamespacedServiceAsync(service, Namespace, cancellationToken: Token);
                    break;
                case 1 or 2:
                    await client.DiscoveryV1.DeleteNamespacedEndpointSliceAsync(slice, Namespace, cancellationToken: Token);
                    break;
                case 3:
                    var old = await client.DiscoveryV1.ReadNamespacedEndpointSliceAsync(slice, Namespace, cancellationToken: Token);
                    old.Endpoints = Endpoints(random);
                    if (random.Next(4) == 0) old.Metadata.Labels["kubernetes.io/service-name"] = $"s{random.Next(5)}";
                    await client.DiscoveryV1.ReplaceNamespacedEndpointSliceAsync(old, slice, Namespace, cancellationToken: Token);
                    break;
                default:
                    await client.DiscoveryV1.CreateNamespacedEndpointSliceAsync(Slice(service, slice, random), Namespace, cancellationToken: Token);
                    break;
            }
        }
        catch (k8s.Autorest.HttpOperationException e) when ((int)e.Response.StatusCode is 404 or 409)
        {
            // It is there already, or gone: the dice know no state.
        }
    }

    private static V1Service Service(string name, Random random) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1ServiceSpec { ClusterIP = "None", Ports = [new V1ServicePort { Name = "http", Port = 80 + random.Next(3) }] },
    };

    private static V1EndpointSlice Slice(string service, string name, Random random) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = service } },
        AddressType = "IPv4",
        Endpoints = Endpoints(random),
        Ports = [new Discoveryv1EndpointPort { Name = "http", Port = 8080 + random.Next(3), Protocol = "TCP" }],
    };

    private static List<V1Endpoint> Endpoints(Random random) => Enumerable.Range(0, random.Next(4)).Select(i => new V1Endpoint
    {
        Addresses = [$"10.{i}.{random.Next(250)}.{random.Next(250)}"],
        Conditions = new V1EndpointConditions { Ready = random.Next(3) > 0, Serving = random.Next(3) > 0, Terminating = random.Next(3) == 0 },
        NodeName = $"n{random.Next(3)}",
        Zone = $"z{random.Next(3)}",
    }).ToList();

    private static async Task<string> OnServerAsync(Kubernetes client)
    {
        var services = (await client.CoreV1.ListNamespacedServiceAsync(Namespace, cancellationToken: Token)).Items;
        var slices = (await client.DiscoveryV1.ListNamespacedEndpointSliceAsync(Namespace, cancellationToken: Token)).Items;
        return Show(services.Select(service => (
            service.Metadata.Name,
            service.Spec.Ports[0].Port,
            slices.Where(s => s.Metadata.Labels["kubernetes.io/service-name"] == service.Metadata.Name && s.Endpoints is { Count: > 0 }).SelectMany(static s => s.Endpoints.Select(
                e => Show(s.Metadata.Name, s.Ports[0].Port!.Value, e.Addresses[0], e.NodeName, e.Zone, e.Conditions.Ready == true, e.Conditions.Serving == true, e.Conditions.Terminating == true))))));
    }

    private static string InCatalog(RecordingSink sink) => Show(
        sink.Services.Where(static s => s.Namespace == Namespace).Select(name => sink.Find(name.ToString())).OfType<ServiceContribution>().Select(
            static service => (service.Service.Name, service.Ports[0].Port, service.Segments.SelectMany(Shown))));

    private static IEnumerable<string> Shown(EndpointSegment segment)
    {
        for (var i = 0; i < segment.Count; i++)
        {
            var e = segment[i];
            yield return Show(
                segment.Slice, e.Ports[0].Port, e.Address.ToString(), e.Locality.Node, e.Locality.Zone,
                e.Conditions.HasFlag(EndpointConditions.Ready), e.Conditions.HasFlag(EndpointConditions.Serving), e.Conditions.HasFlag(EndpointConditions.Terminating));
        }
    }

    private static string Show(IEnumerable<(string Name, int Port, IEnumerable<string> Endpoints)> services) => string.Join('\n', services
        .OrderBy(static s => s.Name, StringComparer.Ordinal)
        .Select(static s => string.Create(CultureInfo.InvariantCulture, $"{s.Name}:{s.Port} {string.Join(' ', s.Endpoints.Order(StringComparer.Ordinal))}")));

    private static string Show(string slice, int port, string address, string? node, string? zone, bool ready, bool serving, bool terminating) =>
        string.Create(CultureInfo.InvariantCulture, $"[{slice} {address}:{port} {node} {zone} {(ready ? "r" : "-")}{(serving ? "s" : "-")}{(terminating ? "t" : "-")}]");

    private Task UntilAsync(TestMesh mesh, Func<bool> condition, Func<string>? otherwise = null) => mesh.UntilAsync(
        () =>
        {
            if (condition()) return true;
            _time.Advance(TimeSpan.FromMilliseconds(200));
            return false;
        },
        otherwise);
}
