using CsCheck;
using Mesh.Supervision;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Catalog;

/// <summary>An address of a stale cluster that a live one of its network shows, for whatever service, is the live one's.</summary>
public class ClaimIndexTests
{
    private static readonly string[] Networks = ["vpc", "far"];
    private static readonly ClusterId[] Clusters = [new("alpha"), new("beta"), new("gamma")];
    private static readonly ServiceName[] Services = [new("sales", "orders"), new("sales", "carts"), new("ops", "logs")];
    private static readonly string[] Addresses = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];

    private static readonly Gen<Step> GenStep = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 1], Gen.Int[0, 2], Gen.Int[0, 2].Array[0, 3],
        static (kind, cluster, service, network, freshness, addresses) => new Step(kind, cluster, service, network, (ClusterFreshness)freshness, [.. addresses.Distinct().Select(static a => Addresses[a])]));

    private readonly CatalogCore _core = new(new MeshCatalogOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    private readonly SourceSink _sink;

    public ClaimIndexTests() => _sink = new SourceSink(0, new HandSource(), _core, static () => { });

    [Fact]
    public void TakenBy_AnotherServiceOfALiveCluster_AppearsAndGoesWithAPublishOfTheStaleService()
    {
        Begin();
        var before = Snapshot(TestCatalog.Orders);

        _sink.Upsert(TestCatalog.Beta, TestCatalog.Service(TestCatalog.Carts, TestCatalog.Beta, "10.0.0.1"));

        TakenBy("10.0.0.1").ShouldBe(TestCatalog.Carts);
        TakenBy("10.0.0.2").ShouldBeNull();
        var taken = Snapshot(TestCatalog.Orders);
        taken.ShouldNotBeSameAs(before);

        _sink.Upsert(TestCatalog.Beta, TestCatalog.Service(TestCatalog.Carts, TestCatalog.Beta, "10.0.0.9"));

        TakenBy("10.0.0.1").ShouldBeNull();
        Snapshot(TestCatalog.Orders).ShouldNotBeSameAs(taken);
    }

    [Fact]
    public void TakenBy_AddressIsTakenAfterAChangeOfTheStaleClusterThatNobodyAskedAbout_PublishesItsServiceAllTheSame()
    {
        Begin();
        TakenBy("10.0.0.1").ShouldBeNull();
        var before = Snapshot(TestCatalog.Orders);
        _sink.Upsert(TestCatalog.Alpha, TestCatalog.Service(TestCatalog.Carts, "10.0.0.3"));

        _sink.Upsert(TestCatalog.Beta, TestCatalog.Service(new ServiceName("ops", "logs"), TestCatalog.Beta, "10.0.0.1"));

        Snapshot(TestCatalog.Orders).ShouldNotBeSameAs(before);
        TakenBy("10.0.0.1").ShouldBe(new ServiceName("ops", "logs"));
    }

    [Fact]
    public void TakenBy_ChangeOfAServiceThatSharesNoAddress_PublishesNothingElse()
    {
        Begin();
        var before = Snapshot(TestCatalog.Orders);

        _sink.Upsert(TestCatalog.Beta, TestCatalog.Service(TestCatalog.Carts, TestCatalog.Beta, "10.0.0.7"));

        Snapshot(TestCatalog.Orders).ShouldBeSameAs(before);
    }

    [Fact]
    public void Index_NobodyIsStale_HoldsNothing()
    {
        Begin();
        _core.Claims.Count.ShouldBe(2);

        Set("alpha", "vpc", ClusterFreshness.Live);

        _core.Claims.Count.ShouldBe(0);
        TakenBy("10.0.0.1").ShouldBeNull();
    }

    [Fact]
    public void TakenBy_ClusterBecomesStaleWhenTheAddressIsShownAlready_IsFoundAndPublished()
    {
        Begin(ClusterFreshness.Live);
        _sink.Upsert(TestCatalog.Beta, TestCatalog.Service(TestCatalog.Carts, TestCatalog.Beta, "10.0.0.1"));
        var before = Snapshot(TestCatalog.Orders);
        TakenBy("10.0.0.1").ShouldBeNull();

        Set("alpha", "vpc", ClusterFreshness.Stale);

        TakenBy("10.0.0.1").ShouldBe(TestCatalog.Carts);
        Snapshot(TestCatalog.Orders).ShouldNotBeSameAs(before);
    }

    [Fact]
    public void TakenBy_ClusterOfAnotherNetwork_TakesNothing()
    {
        Begin();
        Set("beta", "far", ClusterFreshness.Live);

        _sink.Upsert(TestCatalog.Beta, TestCatalog.Service(TestCatalog.Carts, TestCatalog.Beta, "10.0.0.1"));

        TakenBy("10.0.0.1").ShouldBeNull();
    }

    // With a walk over all claims for each of them this takes minutes, under a lock that every layout of a stale cluster's service waits for.
    [Fact]
    public void TakenBy_LiveClusterShowsTheAddressesForAllTheServicesItMayHave_IsFoundAndGivenBack()
    {
        string[] addresses = [.. Enumerable.Range(1, 20).Select(static i => $"10.0.0.{i}")];
        var segments = TestCatalog.Service(TestCatalog.Carts, TestCatalog.Beta, addresses).Segments;
        Begin(ClusterFreshness.Live);
        var services = Enumerable.Range(0, new CatalogLimits().MaxServicesPerCluster).Select(i => TestCatalog.Service(new ServiceName("sales", $"s{i}"), TestCatalog.Beta) with { Segments = segments });
        _sink.Reset(TestCatalog.Beta, [.. services]);

        Set("alpha", "vpc", ClusterFreshness.Stale);

        TakenBy("10.0.0.1").ShouldNotBeNull();
        _sink.Reset(TestCatalog.Beta, []);
        TakenBy("10.0.0.1").ShouldBeNull();
    }

    // As above: a stale cluster may name any address, also all of a large service that another one has now.
    [Fact]
    public void TakenBy_SegmentsOfALargeServiceAreAllReplaced_IsStillFound()
    {
        string[] addresses = [.. Enumerable.Range(0, 30_000).Select(static i => $"10.0.{i / 250}.{i % 250}")];
        Begin(ClusterFreshness.Live);
        _sink.Upsert(TestCatalog.Alpha, TestCatalog.Service(TestCatalog.Orders, TestCatalog.Alpha, addresses));
        _sink.Upsert(TestCatalog.Beta, TestCatalog.Service(TestCatalog.Carts, TestCatalog.Beta, addresses));
        Set("alpha", "vpc", ClusterFreshness.Stale);
        TakenBy("10.0.119.249").ShouldBe(TestCatalog.Carts);

        _sink.Upsert(TestCatalog.Beta, TestCatalog.Service(TestCatalog.Carts, TestCatalog.Beta, addresses[1..]));

        TakenBy("10.0.119.249").ShouldBe(TestCatalog.Carts);
        TakenBy("10.0.0.0").ShouldBeNull();
    }

    [Fact]
    public void AnyChanges_TheIndexSaysWhatAScanWouldAndStaleServicesArePublishedWhenItChanges() =>
        GenStep.Array[1, 30].Sample(static steps =>
        {
            var core = new CatalogCore(new MeshCatalogOptions(), TimeProvider.System, NullLoggerFactory.Instance);
            var sink = new SourceSink(0, new HandSource(), core, static () => { });
            Array.ForEach(Clusters, c => sink.SetCluster(TestCatalog.Live(c)));
            var before = Services.ToDictionary(static s => s, static _ => ((ServiceSnapshot?)null, ""));
            foreach (var step in steps)
            {
                step.ApplyTo(sink);
                foreach (var service in Services)
                {
                    var snapshot = core.Cells.GetOrAdd(service).Current;
                    var taken = string.Join(' ', TakenOf(core, service).Select(t => $"{t.Cluster} {t.Address} {(core.Claims.TakenBy(t.Cluster, Claim(core, t.Cluster, t.Address)) is not null ? "taken" : "own")}"));
                    taken.ShouldBe(string.Join(' ', TakenOf(core, service).Select(t => $"{t.Cluster} {t.Address} {(IsTaken(core, t.Cluster, t.Address) ? "taken" : "own")}")));
                    var (last, told) = before[service];
                    var lost = string.Join(' ', TakenOf(core, service).Where(t => IsTaken(core, t.Cluster, t.Address)));
                    if (lost != told && last is not null)
                    {
                        snapshot.ShouldNotBeSameAs(last);
                    }

                    before[service] = (snapshot, lost);
                }
            }
        }, iter: 2000, seed: "0N0XIzNsQ0O2");

    // The addresses of a service's stale clusters.
    private static IEnumerable<(ClusterId Cluster, EndpointAddress Address)> TakenOf(CatalogCore core, ServiceName service) =>
        core.Cells.GetOrAdd(service).Contributions
            .Where(c => core.Clusters.Find(c.Cluster) is { Freshness: ClusterFreshness.Stale, Network: not null })
            .SelectMany(static c => AddressesOf(c.Service).Select(a => (c.Cluster, a)));

    // As one would look it up who has never heard of an index.
    private static bool IsTaken(CatalogCore core, ClusterId stale, EndpointAddress address) =>
        core.Cells.Awake.SelectMany(static c => c.Contributions).Any(c =>
            c.Cluster != stale
            && core.Clusters.Find(c.Cluster) is { Freshness: ClusterFreshness.Live, Network: { } network } && network == core.Clusters.Find(stale)!.Network
            && AddressesOf(c.Service).Contains(address));

    private static AddressClaim Claim(CatalogCore core, ClusterId cluster, EndpointAddress address) => new(core.Clusters.Find(cluster)!.Network!, address, 8080);

    private static IEnumerable<EndpointAddress> AddressesOf(ServiceContribution service) =>
        service.Segments.SelectMany(static s => Enumerable.Range(0, s.Count).Select(i => s[i].Address));

    private void Begin(ClusterFreshness alpha = ClusterFreshness.Stale)
    {
        Set("alpha", "vpc", ClusterFreshness.Live);
        Set("beta", "vpc", ClusterFreshness.Live);
        _sink.Upsert(TestCatalog.Alpha, TestCatalog.Service(TestCatalog.Orders, "10.0.0.1", "10.0.0.2"));
        Set("alpha", "vpc", alpha);
    }

    private void Set(string cluster, string network, ClusterFreshness freshness) => _sink.SetCluster(new ClusterSnapshot(new ClusterId(cluster)) { Network = network, Freshness = freshness });

    private ServiceSnapshot? Snapshot(ServiceName service) => _core.Cells.GetOrAdd(service).Current;

    private ServiceName? TakenBy(string address) => _core.Claims.TakenBy(TestCatalog.Alpha, new AddressClaim("vpc", EndpointAddress.Parse(address), 8080));

    private sealed record Step(int Kind, int Cluster, int Service, int Network, ClusterFreshness Freshness, string[] Addresses)
    {
        public void ApplyTo(SourceSink sink)
        {
            var cluster = Clusters[Cluster];
            switch (Kind)
            {
                case <= 4:
                    sink.Upsert(cluster, TestCatalog.Service(Services[Service], cluster, Addresses));
                    break;
                case 5:
                    sink.Remove(cluster, Services[Service]);
                    break;
                case 6:
                    sink.RemoveCluster(cluster);
                    sink.SetCluster(new ClusterSnapshot(cluster) { Network = Networks[Network], Freshness = Freshness });
                    break;
                default:
                    sink.SetCluster(new ClusterSnapshot(cluster) { Network = Networks[Network], Freshness = Freshness });
                    break;
            }
        }
    }
}
