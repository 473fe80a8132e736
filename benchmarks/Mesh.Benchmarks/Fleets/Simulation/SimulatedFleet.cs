using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Benchmarks.Fleets.Simulation;

/// <summary>Clusters with one service, and callers in each that route by the engine itself, all in virtual time.</summary>
internal sealed class SimulatedFleet : IDisposable
{
    private const int MostTries = 4;
    private const double ConnectSeconds = 0.001;
    private const string Url = "http://orders.sales";

    private static readonly ServiceName Service = ServiceName.Parse("orders.sales");
    private static readonly ServicePort Port = new("http", 80);

    private readonly Random _random;
    private readonly FleetCatalog _catalog = new(Service);
    private readonly MeshRouter[][] _routers;
    private readonly ServiceRoute[][] _routes;
    private readonly Dictionary<(ClusterId, EndpointAddress), (int Cluster, Pod Pod)> _pods = [];
    private readonly List<SecondRecord> _seconds = [];

    /// <param name="spillOver">The rule.</param>
    /// <param name="sizes">How many pods each cluster has; the first is called alpha, the second beta …</param>
    /// <param name="callers">How many callers run in each.</param>
    /// <param name="seed">Of everything random.</param>
    /// <param name="podCapacity">What a pod serves per second.</param>
    public SimulatedFleet(SpillOver spillOver, IReadOnlyList<int> sizes, int callers, int seed, double podCapacity = 200)
    {
        _random = new Random(seed);
        string[] names = ["alpha", "beta", "gamma", "delta", "epsilon"];
        Clusters = [.. sizes.Select((size, i) => new SimulatedCluster(names[i], [.. Enumerable.Range(0, size).Select(_ => new Pod(Time, _random, 4, 4 / podCapacity))]))];
        for (var c = 0; c < Clusters.Length; c++)
        {
            var id = new ClusterId(Clusters[c].Name);
            _catalog.SetCluster(new ClusterSnapshot(id) { Region = $"region-{Clusters[c].Name}", Network = "one", Freshness = ClusterFreshness.Live });
            for (var p = 0; p < Clusters[c].Pods.Length; p++)
            {
                _pods[(id, AddressOf(c, p))] = (c, Clusters[c].Pods[p]);
            }
        }

        Publish();
        _routers = [.. Clusters.Select(c => Enumerable.Range(0, callers).Select(_ => RouterIn(c, spillOver)).ToArray())];
        _routes = [.. _routers.Select(static of => of.Select(static r => r.GetRoute(r.Match(new Uri(Url)))).ToArray())];
        for (var c = 0; c < Clusters.Length; c++)
        {
            ScheduleArrival(c);
        }

        Time.After(0, BeginSecond);
    }

    public VirtualTime Time { get; } = new();

    public SimulatedCluster[] Clusters { get; }

    /// <summary>What happened, second by second.</summary>
    public IReadOnlyList<SecondRecord> Seconds => _seconds;

    /// <summary>What one caller would do now, and why.</summary>
    public RouteExplanation Explain(int cluster, int caller = 0) => _routers[cluster][caller].Explain(Url);

    /// <summary>Some pods of a cluster are no longer ready: they end what they have, and get nothing more.</summary>
    public void Withdraw(int cluster, int pods)
    {
        foreach (var pod in Clusters[cluster].Pods.Take(pods))
        {
            pod.IsReady = false;
        }

        Publish();
    }

    public void Dispose()
    {
        foreach (var router in _routers.SelectMany(static r => r))
        {
            router.Dispose();
        }
    }

    private static EndpointAddress AddressOf(int cluster, int pod) => EndpointAddress.FromIPv4(0x0a000000u + ((uint)cluster << 16) + (uint)pod + 1);

    private void Publish()
    {
        var contributions = ImmutableArray.CreateBuilder<ClusterContribution>();
        for (var c = 0; c < Clusters.Length; c++)
        {
            var id = new ClusterId(Clusters[c].Name);
            var segment = new EndpointSegmentBuilder(id, "slice", [new EndpointPort("http", 8080)]);
            for (var p = 0; p < Clusters[c].Pods.Length; p++)
            {
                var conditions = Clusters[c].Pods[p].IsReady ? EndpointConditions.Ready | EndpointConditions.Serving : EndpointConditions.None;
                segment.Add(new EndpointDescription(AddressOf(c, p)) { Node = $"node-{p}", Conditions = conditions });
            }

            contributions.Add(new ClusterContribution("fleet", id, new ServiceContribution(Service) { Ports = [Port], Segments = [segment.Build()] }));
        }

        _catalog.Set(contributions.ToImmutable(), Port);
    }

    private MeshRouter RouterIn(SimulatedCluster cluster, SpillOver spillOver) => new(
        _catalog,
        new MeshRouterOptions
        {
            Caller = new Locality(new ClusterId(cluster.Name), $"region-{cluster.Name}"),
            KnownNamespaces = [Service.Namespace],
            IsConfigured = true,
            Seed = _random.Next(),
            DefaultPolicy = new ServicePolicy { SpillOver = spillOver },
        },
        new Dictionary<string, EndpointPicker>(),
        Time,
        NullLoggerFactory.Instance);

    private void BeginSecond()
    {
        var second = new SecondRecord(Clusters.Length);
        for (var c = 0; c < Clusters.Length; c++)
        {
            second.Capacity[c] = Clusters[c].Capacity;
            second.Demand[c] = Clusters[c].Demand;
        }

        _seconds.Add(second);
        Time.After(1, BeginSecond);
    }

    private void ScheduleArrival(int cluster)
    {
        // Random arrivals, as many independent users make them. Where nobody asks, it is looked again soon.
        var demand = Clusters[cluster].Demand;
        if (demand <= 0)
        {
            Time.After(0.1, () => ScheduleArrival(cluster));
            return;
        }

        Time.After(-Math.Log(1 - _random.NextDouble()) / demand, () =>
        {
            Begin(cluster);
            ScheduleArrival(cluster);
        });
    }

    private void Begin(int cluster)
    {
        _seconds[^1].Begun[cluster]++;
        var routes = _routes[cluster];
        Try(cluster, routes[routes.Length == 1 ? 0 : _random.Next(routes.Length)], default, isRetry: false);
    }

    private void Try(int caller, ServiceRoute route, RequestAttempts attempts, bool isRetry)
    {
        var picked = route.Pick(ref attempts, default);
        if (!picked.HasEndpoint)
        {
            if (attempts.Count == 0)
            {
                _seconds[^1].Shed[caller]++;
            }
            else
            {
                _seconds[^1].Failed++;
            }

            return;
        }

        var lease = picked.Lease;
        var (cluster, pod) = _pods[(lease.Endpoint.Cluster, lease.Endpoint.Address)];
        _seconds[^1].Tries++;
        if (pod.IsDead)
        {
            Time.After(ConnectSeconds, () =>
            {
                lease.Report(new AttemptOutcome(AttemptResult.ConnectFailed));
                lease.Release();
                attempts.AddFailedConnect(lease.Endpoint);
                Again(attempts.Count < MostTries);
            });
            return;
        }

        if (!isRetry)
        {
            _seconds[^1].Sent[caller, cluster]++;
        }

        _seconds[^1].Arrived[cluster]++;
        var sent = Time.Now;
        pod.Send(answer =>
        {
            if (!double.IsNaN(answer.Utilization))
            {
                lease.ReportLoad(new LoadReport(answer.Utilization));
            }

            lease.Report(new AttemptOutcome(answer.IsRefused ? AttemptResult.Failed : AttemptResult.Success, TimeSpan.FromSeconds(Time.Now - sent)));
            lease.Release();
            if (!answer.IsRefused)
            {
                _seconds[^1].Served++;
                return;
            }

            // Sent once more by default, within the budget.
            attempts.AddFailedTry(lease.Endpoint);
            isRetry = true;
            Again(attempts.Count < 2 && route.TryAcquireRetry());
        });

        void Again(bool may)
        {
            if (may)
            {
                Try(caller, route, attempts, isRetry);
            }
            else
            {
                _seconds[^1].Failed++;
            }
        }
    }
}
