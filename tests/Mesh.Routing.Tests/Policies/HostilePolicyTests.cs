using Mesh.Doubles;
using Mesh.Endpoints;

namespace Mesh.Policies;

/// <summary>Policies that are wrong, or change without end (docs/bad-input.md).</summary>
public sealed class HostilePolicyTests
{
    private static readonly (ServicePolicy Policy, string Error)[] WrongOnes =
    [
        (new ServicePolicy { HashKey = new HashKey(HashKeyKind.Header) }, "HashKey is 'header:': use header:NAME, cookie:NAME, source-address or path."),
        (new ServicePolicy { HashKey = new HashKey(HashKeyKind.Cookie, "a;b\r\nc") }, "HashKey is 'cookie:a;b"),
        (new ServicePolicy { HashKey = new HashKey(HashKeyKind.Header, new string('x', 1_000_000)) }, "HashKey is 'header:xxx"),
        (new ServicePolicy { HashKey = new HashKey((HashKeyKind)9) }, "HashKey is"),
        (new ServicePolicy { TrafficDistribution = (TrafficDistribution)9 }, "TrafficDistribution is 9: use"),
        (new ServicePolicy { EjectionTime = TimeSpan.FromSeconds(-5) }, "EjectionTime is -5s: use a time from 1ms to 5m."),
        (new ServicePolicy { SubsetSize = -1 }, "SubsetSize is -1"),
        (new ServicePolicy { ProbePath = "/healthz HTTP/1.1\r\nHost: other" }, "ProbePath is '/healthz HTTP/1.1"),
        (new ServicePolicy { SessionAffinityName = "a=b; Domain=.com" }, "SessionAffinityName is 'a=b; Domain=.com': use the name of a header or cookie"),
        (new ServicePolicy { LoadBalancing = new string('x', 1_000_000) }, "LoadBalancing is empty or too long"),
        (new ServicePolicy { Mode = RoutingMode.ActiveActive, Targets = [new(new ClusterId("alpha"), 0), new(new ClusterId("beta"), 0)] }, "Targets have weight 0 all of them"),
        (new ServicePolicy { Targets = [new(new ClusterId("alpha")), new(new ClusterId("alpha"))] }, "Targets:1:Cluster names 'alpha' a second time"),
        (new ServicePolicy { Targets = [.. Enumerable.Range(0, 10_000).Select(static i => new RoutingTarget(new ClusterId($"c{i}")))] }, "Targets has 10000 entries: name at most 256 clusters."),
        (new ServicePolicy { Targets = [new(default)] }, "Targets:0:Cluster is not set: name the cluster."),
        (new ServicePolicy { Targets = [new(new ClusterId("beta"), Priority: -1)] }, "Targets:0:Priority is -1: use 0 to 1000."),
    ];

    // By number: some are a megabyte, which a test's name is not.
    public static TheoryData<int> Wrong => [.. Enumerable.Range(0, WrongOnes.Length)];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Router_PolicyMadeInCodeIsWrong_IsRefusedBeforeARequestAndSaysWhatWhereAndWhatToDo(int which)
    {
        var (policy, error) = WrongOnes[which];
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")));

        var client = Should.Throw<ArgumentException>(() => mesh.RouteOf("http://orders.sales", policy)).Message;
        mesh.Router.DryRun("orders.sales", policy).Errors.ShouldHaveSingleItem().ShouldStartWith(error);
        using var other = new TestMesh().Policy(policy);
        var service = Should.Throw<ArgumentException>(() => other.Router).Message;

        client.ShouldStartWith($"The client's policy for orders.sales cannot be followed: {error}");
        service.ShouldStartWith($"The policy of orders.sales: {error}");
        service.Length.ShouldBeLessThan(500);
        service.Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public void Route_SourceNamesAnotherUnknownAlgorithmEachTime_TheDefaultHoldsAndTheLogIsBounded()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        for (var i = 0; i < 1000; i++)
        {
            Bring(mesh, new ServicePolicy { LoadBalancing = $"fastest-{i}" });
            mesh.Send().Address.ToString().ShouldBe("10.0.0.1");
        }

        mesh.Logger.Lines.Count(static l => l.Id == 1220).ShouldBeInRange(1, 64);
        mesh.Router.Explain("orders.sales").PolicyProblems.ShouldHaveSingleItem().ShouldContain("'fastest-999'");
    }

    [Theory]
    [InlineData(null, "least-request", "mesh default")]
    [InlineData("round-robin", "round-robin", "Mesh:Policy")]
    public void Route_SourceNamesAnUnknownAlgorithm_TheOwnPolicysHoldsAndTheRestOfTheSources(string? own, string holds, string from)
    {
        using var mesh = new TestMesh().Cluster("alpha");
        mesh.Options = mesh.Options with { DefaultPolicy = new ServicePolicy { LoadBalancing = own, MaxRetries = 7 } };
        Bring(mesh, new ServicePolicy { LoadBalancing = "fastest", MaxRetries = 3 });

        mesh.Route.Policy.LoadBalancing.ShouldBe(holds);
        mesh.Route.Policy.MaxRetries.ShouldBe(3);
        var problem = mesh.Router.Explain("orders.sales").PolicyProblems.ShouldHaveSingleItem();
        problem.ShouldStartWith("LoadBalancing 'fastest' is not known; known are ");
        problem.ShouldEndWith($" Until then '{holds}' holds ({from}).");
        mesh.Logger.Lines.Single(static l => l.Id == 1220).Message.ShouldBe($"One field of the policy that a source brings for orders.sales cannot be followed; the rest of it holds: {problem}");
    }

    [Theory]
    [InlineData("ring-hash", false, "LoadBalancing 'ring-hash' hashes what HashKey says, and no HashKey is set")]
    [InlineData("hashing", false, "LoadBalancing 'hashing' hashes")]
    [InlineData("maglev", false, "LoadBalancing 'maglev' hashes")]
    [InlineData("maglev", true, null)]
    [InlineData("least-request", true, "HashKey 'path' has no effect: LoadBalancing 'least-request' does not hash.")]
    [InlineData("random", true, "HashKey 'path' has no effect")]
    [InlineData("random", false, null)]
    public void Explain_HashKeyAndAlgorithmDoNotFit_SaysSoAndWarnsNobody(string algorithm, bool key, string? expected)
    {
        using var mesh = new TestMesh().Cluster("alpha");
        var policy = new ServicePolicy { LoadBalancing = algorithm, HashKey = key ? new HashKey(HashKeyKind.Path) : null };
        mesh.Policy(policy);
        Bring(mesh, new ServicePolicy());

        Says(mesh.Router.Explain("orders.sales").PolicyProblems);
        using var other = new TestMesh().Cluster("alpha");
        Bring(other, new ServicePolicy());
        Says(other.Router.DryRun("orders.sales", policy).NewProblems);
        mesh.Logger.Lines.ShouldBeEmpty();

        void Says(IEnumerable<string> problems)
        {
            if (expected is null)
            {
                problems.ShouldBeEmpty();
            }
            else
            {
                problems.ShouldHaveSingleItem().ShouldStartWith(expected);
            }
        }
    }

    [Fact]
    public void Describe_AllTargetsAreUnknown_NamesThem()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        mesh.Policy(new ServicePolicy { Mode = RoutingMode.ActiveActive, Targets = [new RoutingTarget(new ClusterId("alfa"))] });
        Bring(mesh, new ServicePolicy());

        mesh.Route.Describe(mesh.PickResult()).Message.ShouldContain("Targets names 'alfa', which no source describes: check the name, clusters are alpha; 1 in alpha: its cluster is not among the policy's targets");
    }

    [Fact]
    public void Route_SourceNamesOtherUnknownTargetsEachTime_TheOwnClusterServesAndTheLogIsBounded()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        for (var i = 0; i < 2000; i++)
        {
            Bring(mesh, new ServicePolicy { Mode = RoutingMode.Failover, Targets = [new RoutingTarget(new ClusterId($"nowhere-{i}"))] });
            mesh.Send().Address.ToString().ShouldBe("10.0.0.1");
        }

        mesh.Logger.Lines.Count(static l => l.Id == 1222).ShouldBeInRange(1, 1024);
        mesh.Router.Explain("orders.sales").PolicyProblems.ShouldHaveSingleItem().ShouldContain("'nowhere-1999'");
    }

    [Fact]
    public void Transports_AnotherSettingEachTime_ABoundedNumberIsKeptAndEachIsDisposedOnce()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        Bring(mesh, new ServicePolicy());
        var endpoint = mesh.Send().Address.ToString() is { } address ? mesh.At(address) : null!;
        var made = new List<CountedTransport>();
        for (var i = 0; i < 1000; i++)
        {
            endpoint.GetOrAddTransport(TimeSpan.FromMilliseconds(i), Create);
            endpoint.GetOrAddTransport(TimeSpan.FromMilliseconds(i), Create);
        }

        made.Count.ShouldBe(1000);
        made.Count(static t => t.Disposals == 0).ShouldBe(TransportSet.Most);
        mesh.Dispose();
        made.ShouldAllBe(static t => t.Disposals == 1);

        IEndpointTransport Create(EndpointState e, object key)
        {
            made.Add(new CountedTransport());
            return made[^1];
        }
    }

    [Fact]
    public void Pick_TheOwnClusterIsItsOwnTarget_CountsOnce()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta");
        mesh.Policy(new ServicePolicy { Mode = RoutingMode.Failover, Targets = [new(new ClusterId("alpha")), new(new ClusterId("beta"))] });
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.1.1")));

        mesh.Count(100).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.1");
        mesh.Router.Explain("orders.sales").Tiers.SelectMany(static t => t.Endpoints).Count().ShouldBe(2);
    }

    [Fact]
    public void Pick_TargetsOfOnePriorityHaveWeightZeroEach_ServeWhereTheOwnClusterIsGone()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Cluster("gamma");
        mesh.Policy(new ServicePolicy { Mode = RoutingMode.Failover, Targets = [new(new ClusterId("beta"), 0, 1), new(new ClusterId("gamma"), 0, 1)] });
        mesh.Service(TestMesh.Part("beta", new Pod("10.0.1.1")), TestMesh.Part("gamma", new Pod("10.0.2.1")));

        mesh.Count(200).Values.Sum().ShouldBe(200);
    }

    private static void Bring(TestMesh mesh, ServicePolicy policy) => mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1")) with { Policy = policy });

    private sealed class CountedTransport : IEndpointTransport
    {
        public int Disposals { get; private set; }

        public void OnEjected()
        {
        }

        public void Dispose() => Disposals++;
    }
}
