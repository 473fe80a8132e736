using Mesh.Doubles;
using Mesh.Hashing;

namespace Mesh.Affinity;

public sealed class AffinityTests
{
    private const int Sessions = 2000;

    public static TheoryData<string> Algorithms => ["least-request", "round-robin", "random", "ring-hash", "maglev", "weighted-by-utilization"];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_ASession_StaysWithOneEndpointInEveryProcess(string algorithm)
    {
        using var mesh = World(10, algorithm);
        using var other = World(10, algorithm);
        other.Options = other.Options with { Seed = 99 };

        var owners = Owners(mesh);

        Owners(mesh).ShouldBe(owners);
        Owners(other).ShouldBe(owners);

        // Chance alone: 200 each, standard deviation 13.4.
        owners.CountBy(static o => o).Select(static c => c.Value).ShouldAllBe(static c => c > 140 && c < 260);
    }

    [Fact]
    public void Pick_ASession_GoesToWhomRendezvousHashingSays()
    {
        using var mesh = World(10);
        EndpointState[] endpoints = [.. mesh.Route.Table.Tiers[0].Endpoints];

        Owners(mesh).ShouldBe(Enumerable.Range(0, Sessions).Select(s => endpoints[Rendezvous.Pick(endpoints, KeyHash.Mix((ulong)s))].Address.ToString()));
    }

    [Fact]
    public void Pick_EndpointsComeAndGo_OnlyTheSessionsOfWhoGoesMove()
    {
        using var mesh = World(10);
        var before = Owners(mesh);

        mesh.Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 9).Select(static i => new Pod($"10.0.0.{i}"))]));
        var smaller = Owners(mesh);
        mesh.Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 11).Select(static i => new Pod($"10.0.0.{i}"))]));
        var larger = Owners(mesh);

        before.Zip(smaller).ShouldAllBe(static b => b.First == b.Second || b.First == "10.0.0.10");
        before.Zip(larger).ShouldAllBe(static b => b.First == b.Second || b.Second == "10.0.0.11");
    }

    [Fact]
    public void Pick_ItsEndpointIsEjected_GoesToALiveOneAndComesBack()
    {
        using var mesh = World(10);
        var before = Owners(mesh);
        mesh.Eject("10.0.0.4");

        var during = Owners(mesh);
        mesh.Time.Advance(TimeSpan.FromSeconds(6));
        mesh.Send().Address.ToString().ShouldBe("10.0.0.4");

        before.Zip(during).ShouldAllBe(static b => b.First == b.Second ? b.First != "10.0.0.4" : b.First == "10.0.0.4");
        Owners(mesh).ShouldBe(before);
    }

    [Fact]
    public void Pick_Weighted_SessionsFollowTheWeights()
    {
        using var mesh = World(10).Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2", Weight: 3)));

        // Four standard deviations round 1,500.
        Owners(mesh).Count(static o => o == "10.0.0.2").ShouldBeInRange(1422, 1578);
    }

    [Fact]
    public void Pick_AfterAFailure_TheSessionGoesElsewhereAlwaysAlike()
    {
        using var mesh = World(10);
        var first = Pick(mesh, new PickHints { Session = 7 });
        var second = new HashSet<EndpointState>();
        for (var i = 0; i < 20; i++)
        {
            var attempts = default(RequestAttempts);
            attempts.AddFailedTry(first);
            second.Add(mesh.Route.Pick(ref attempts, new PickHints { Session = 7 }).Endpoint!);
        }

        second.ShouldHaveSingleItem().ShouldNotBe(first);
    }

    [Fact]
    public void Pick_RequestsWithoutASession_AreSpread()
    {
        using var mesh = World(10);

        mesh.Count(500).Count.ShouldBe(10);
    }

    [Fact]
    public void Pick_LargerThanItsSubset_SessionsKnowAllOfTheTier()
    {
        using var mesh = World(300);
        mesh.Options = mesh.Options with { Instance = "a" };
        using var other = World(300);
        other.Options = other.Options with { Instance = "b" };

        Owners(mesh).ShouldBe(Owners(other));
        Owners(mesh).Distinct().Count().ShouldBeGreaterThan(250);
    }

    [Fact]
    public void Pick_NoAffinityInThePolicy_ASessionMeansNothing()
    {
        using var mesh = World(10, affinity: SessionAffinity.None);
        var owners = new HashSet<EndpointState>();
        for (var i = 0; i < 200; i++)
        {
            owners.Add(Pick(mesh, new PickHints()));
        }

        owners.Count.ShouldBe(10);
    }

    [Fact]
    public void Pick_DrainedInPart_TheSameSessionsGoElsewhereEachTime()
    {
        using var mesh = new TestMesh().Policy(new ServicePolicy { SessionAffinity = SessionAffinity.Header });
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { Region = "eu", Network = "vpc", Drain = 30 });
        mesh.Cluster("beta").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.1.1")));

        var owners = Owners(mesh);

        Owners(mesh).ShouldBe(owners);

        // Four standard deviations round 600.
        owners.Count(static o => o == "10.0.1.1").ShouldBeInRange(518, 682);
    }

    [Fact]
    public void Pick_ACookiesEndpoint_IsPickedInWhateverTier()
    {
        using var mesh = World(3, affinity: SessionAffinity.Cookie).Cluster("beta");
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")), TestMesh.Part("beta", new Pod("10.0.1.1")));
        _ = mesh.Route.Table;
        var far = mesh.At("10.0.1.1");

        var attempts = default(RequestAttempts);
        var picked = mesh.Route.Pick(ref attempts, new PickHints { SessionEndpoint = far.Id });

        picked.Endpoint.ShouldBe(far);
        picked.Tier.ShouldBe(1);
        far.InFlight.ShouldBe(1);
    }

    [Fact]
    public void Pick_ACookiesEndpointIsEjectedOrUnknown_GoesWhereOthersGo()
    {
        using var mesh = World(10, affinity: SessionAffinity.Cookie);
        _ = mesh.Route.Table;
        var own = mesh.At("10.0.0.4");
        mesh.Eject("10.0.0.4");

        var spread = new HashSet<EndpointState>();
        for (var i = 0UL; i < 300; i++)
        {
            spread.Add(Pick(mesh, new PickHints { SessionEndpoint = i % 2 == 0 ? own.Id : i }));
        }

        spread.Count.ShouldBe(9);
    }

    [Fact]
    public void Pick_ACookiesEndpointFailsTheRequest_TheNextTryGoesElsewhere()
    {
        using var mesh = World(10, affinity: SessionAffinity.Cookie);
        _ = mesh.Route.Table;
        var own = mesh.At("10.0.0.4");
        var attempts = default(RequestAttempts);
        attempts.AddFailedTry(own);

        mesh.Route.Pick(ref attempts, new PickHints { SessionEndpoint = own.Id }).Endpoint.ShouldNotBe(own);
    }

    [Fact]
    public void Id_OfAnEndpoint_IsTheSameInEveryProcessAndItsOwn()
    {
        using var mesh = World(300);
        using var other = World(300);
        _ = mesh.Route.Table;
        _ = other.Route.Table;

        mesh.Router.Endpoints.Select(static e => (e.Address, e.Id)).Order(Comparer<(EndpointAddress, ulong)>.Create(static (a, b) => a.Item2.CompareTo(b.Item2)))
            .ShouldBe(other.Router.Endpoints.Select(static e => (e.Address, e.Id)).OrderBy(static e => e.Id));
        mesh.Router.Endpoints.Select(static e => e.Id).Distinct().Count().ShouldBe(300);

        // A new pod at the same address is another endpoint.
        var before = mesh.At("10.0.0.1").Id;
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1", Uid: 5)));
        _ = mesh.Route.Table;
        mesh.At("10.0.0.1").Id.ShouldNotBe(before);
    }

    [Fact]
    public void Pick_AMillionCookies_HoldNoMemory()
    {
        using var mesh = World(10, affinity: SessionAffinity.Cookie);
        var route = mesh.Route;
        Pick(mesh, new PickHints { SessionEndpoint = 1 });
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0UL; i < 1_000_000; i++)
        {
            var attempts = default(RequestAttempts);
            route.Pick(ref attempts, new PickHints { SessionEndpoint = KeyHash.Mix(i) }).Lease.Release();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }

    private static string[] Owners(TestMesh mesh) => [.. Enumerable.Range(0, Sessions).Select(i => Pick(mesh, new PickHints { Session = KeyHash.Mix((ulong)i) }).Address.ToString())];

    private static EndpointState Pick(TestMesh mesh, PickHints hints)
    {
        var attempts = default(RequestAttempts);
        var lease = mesh.Route.Pick(ref attempts, hints).Lease;
        lease.Release();
        return lease.Endpoint;
    }

    private static TestMesh World(int count, string algorithm = "least-request", SessionAffinity affinity = SessionAffinity.Header) =>
        new TestMesh().Cluster("alpha").Policy(new ServicePolicy { LoadBalancing = algorithm, SessionAffinity = affinity })
            .Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, count).Select(static i => new Pod($"10.0.{i / 256}.{i % 256}"))]));
}
