using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Doubles;

/// <summary>A router over a catalog and a clock that the test turns; the caller runs in cluster alpha unless said otherwise.</summary>
internal sealed class TestMesh : IDisposable
{
    public static readonly ServiceName Orders = ServiceName.Parse("orders.sales");
    public static readonly ImmutableArray<ServicePort> Http = [new ServicePort("http", 80)];

    private MeshRouter? _router;

    public TestMesh(bool synced = true)
    {
        if (synced)
        {
            Catalog.Sync();
        }
    }

    public TestCatalog Catalog { get; } = new();

    public FakeTimeProvider Time { get; init; } = new();

    public TestLogger Logger { get; } = new();

    public Dictionary<string, EndpointPicker> Pickers { get; } = [];

    public MeshRouterOptions Options { get; set; } = new()
    {
        Caller = new Locality(new ClusterId("alpha"), "eu", "eu-1", "n1"),
        KnownNamespaces = ["sales"],
        IsConfigured = true,
        Seed = 7,
    };

    public MeshRouter Router => _router ??= new MeshRouter(Catalog, Options, Pickers, Time, Logger);

    /// <summary>The route of <c>http://orders.sales</c>.</summary>
    public ServiceRoute Route => RouteOf("http://orders.sales");

    public static ServiceContribution Part(string cluster, params Pod[] pods) => Part(cluster, Http, pods);

    public static ServiceContribution Part(string cluster, ImmutableArray<ServicePort> ports, params Pod[] pods)
    {
        var builder = new EndpointSegmentBuilder(
            new ClusterId(cluster),
            "slice",
            [.. ports.Select(static p => new EndpointPort(p.Name, 8000 + p.Port, p.Protocol, p.AppProtocol))]);
        foreach (var pod in pods)
        {
            builder.Add(pod.Describe());
        }

        return new ServiceContribution(Orders) { Ports = ports, Segments = [builder.Build()] };
    }

    public TestMesh Cluster(string name, string? region = "eu", string? network = "vpc", string? zone = null, ClusterFreshness freshness = ClusterFreshness.Live)
    {
        Catalog.SetCluster(new ClusterSnapshot(new ClusterId(name)) { Region = region, Network = network, Zone = zone, Freshness = freshness });
        return this;
    }

    /// <summary>Sets what <c>orders.sales</c> consists of.</summary>
    public TestMesh Service(params ServiceContribution[] parts)
    {
        Catalog.Set(Orders, parts);
        return this;
    }

    /// <summary>Sets what <c>orders.sales</c> consists of, source by source.</summary>
    public TestMesh Contributions(ImmutableArray<ClusterContribution> contributions)
    {
        Catalog.Set(Orders, contributions);
        return this;
    }

    public TestMesh Policy(ServicePolicy policy)
    {
        Options = Options with { ServicePolicies = Options.ServicePolicies.SetItem(Orders, policy) };
        return this;
    }

    public ServiceRoute RouteOf(string url, ServicePolicy? clientPolicy = null) => Router.GetRoute(Router.Match(new Uri(url)), clientPolicy);

    public PickResult PickResult(ServiceRoute? route = null)
    {
        var attempts = default(RequestAttempts);
        return (route ?? Route).Pick(ref attempts, default);
    }

    /// <summary>Picks, and leaves the request under way.</summary>
    public EndpointLease Pick(ServiceRoute? route = null)
    {
        var result = PickResult(route);
        result.Status.ShouldBe(PickStatus.Endpoint);
        return result.Lease;
    }

    /// <summary>One whole request: picks, reports, releases.</summary>
    public EndpointState Send(AttemptResult result = AttemptResult.Success, double milliseconds = 10, TimeSpan? retryAfter = null)
    {
        var lease = Pick();
        Finish(lease, result, milliseconds, retryAfter);
        return lease.Endpoint;
    }

    public static void Finish(EndpointLease lease, AttemptResult result = AttemptResult.Success, double milliseconds = 10, TimeSpan? retryAfter = null)
    {
        lease.Report(new AttemptOutcome(result, TimeSpan.FromMilliseconds(milliseconds), retryAfter));
        lease.Release();
    }

    /// <summary>How often each address is picked in <paramref name="count"/> requests.</summary>
    public Dictionary<string, int> Count(int count, ServiceRoute? route = null)
    {
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < count; i++)
        {
            var lease = Pick(route);
            lease.Release();
            var address = lease.Endpoint.Address.ToString();
            counts[address] = counts.GetValueOrDefault(address) + 1;
        }

        return counts;
    }

    /// <summary>The state of the endpoint at an address, whose table must exist.</summary>
    public EndpointState At(string address) => Router.Endpoints.Single(e => e.Address.ToString() == address);

    /// <summary>What explain says of the endpoint at an address.</summary>
    public EndpointExplanation Explained(string address) =>
        Router.Explain("orders.sales").Tiers.SelectMany(static t => t.Endpoints).Single(e => e.Address.StartsWith(address + ":", StringComparison.Ordinal));

    /// <summary>Picks until a request is at this address, and ends the others.</summary>
    public EndpointLease PickAt(string address)
    {
        for (var i = 0; i < 10_000; i++)
        {
            var lease = Pick();
            if (lease.Endpoint.Address.ToString() == address)
            {
                return lease;
            }

            lease.Release();
        }

        throw new InvalidOperationException($"{address} is never picked.");
    }

    /// <summary>Ejects an endpoint by failures in a row that need no pick.</summary>
    public void Eject(string address, AttemptResult result = AttemptResult.Failed)
    {
        var endpoint = At(address);
        for (var i = 0; i < 5; i++)
        {
            endpoint.Report(new AttemptOutcome(result));
        }

        endpoint.IsEjected.ShouldBeTrue();
    }

    public void Dispose() => _router?.Dispose();
}
