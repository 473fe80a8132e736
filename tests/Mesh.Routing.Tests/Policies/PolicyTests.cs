using System.Collections.Immutable;
using System.Reflection;
using CsCheck;
using Mesh.Doubles;

namespace Mesh.Policies;

public sealed class PolicyTests
{
    private static readonly PropertyInfo[] Fields = [.. typeof(ServicePolicy).GetProperties(BindingFlags.Public | BindingFlags.Instance)];

    private static readonly PolicyOrigin[] NearestFirst = [PolicyOrigin.Client, PolicyOrigin.Service, PolicyOrigin.Source, PolicyOrigin.Configuration];

    [Fact]
    public void Resolve_EveryField_IsWhatTheNearestPolicySaysAndKnowsWhoSaidIt()
    {
        // For each field, which of the four say it.
        Gen.Int[0, 15].Array[Fields.Length].Sample(
            said =>
            {
                var layers = NearestFirst.Select((origin, layer) => (origin, (ServicePolicy?)Policy(layer, field => (said[field] & (1 << layer)) != 0))).ToArray();

                var policy = PolicyResolver.Resolve(layers);

                for (var f = 0; f < Fields.Length; f++)
                {
                    var nearest = Enumerable.Range(0, 4).Cast<int?>().FirstOrDefault(layer => (said[f] & (1 << layer!.Value)) != 0);
                    policy.Origins[Fields[f].Name].ShouldBe(nearest is { } n ? NearestFirst[n] : PolicyOrigin.MeshDefault, Fields[f].Name);
                    var value = typeof(EffectivePolicy).GetProperty(Fields[f].Name)!.GetValue(policy);
                    var expected = nearest is { } layer ? Sample(Fields[f], layer) : typeof(EffectivePolicy).GetProperty(Fields[f].Name)!.GetValue(PolicyResolver.Resolve());
                    Text(value).ShouldBe(Text(expected), Fields[f].Name);
                }
            },
            iter: 200,
            seed: "0N0XIzNsQ0O2",
            threads: 1);
    }

    [Fact]
    public void Resolve_NobodySaysAnything_TheDocumentedDefaultsHold()
    {
        var policy = PolicyResolver.Resolve();

        policy.Mode.ShouldBe(RoutingMode.Locality);
        policy.LoadBalancing.ShouldBe("least-request");
        policy.ConnectTimeout.ShouldBe(TimeSpan.FromSeconds(1));
        policy.TryTimeout.ShouldBe(Timeout.InfiniteTimeSpan);
        policy.Timeout.ShouldBe(Timeout.InfiniteTimeSpan);
        (policy.MaxRetries, policy.RetryNonIdempotent, policy.RetryBudgetRatio, policy.RetryBudgetMinimum).ShouldBe((1, false, 0.2, 3));
        (policy.ConsecutiveFailures, policy.EjectionTime, policy.MaxEjectionTime, policy.MaxEjectedPercent).ShouldBe((5, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), 50));
        (policy.MaxRequestsInFlight, policy.ZoneBeforeCluster, policy.WidenClusterLocal, policy.Enabled).ShouldBe((1024, false, false, true));
        (policy.SessionAffinity, policy.SessionAffinityTimeout, policy.TrafficDistribution).ShouldBe((SessionAffinity.None, TimeSpan.FromHours(3), null));
        policy.Origins.Values.ShouldAllBe(static o => o == PolicyOrigin.MeshDefault);
        policy.Origins.Count.ShouldBe(Fields.Length);
    }

    [Fact]
    public void Resolve_EmptyTargetsAreAWordToo()
    {
        var policy = PolicyResolver.Resolve(
            (PolicyOrigin.Client, new ServicePolicy { Targets = [] }), (PolicyOrigin.Service, new ServicePolicy { Targets = [new RoutingTarget(new ClusterId("beta"))] }));

        policy.Targets.ShouldBeEmpty();
        policy.Origins[nameof(policy.Targets)].ShouldBe(PolicyOrigin.Client);
    }

    [Fact]
    public void Route_EachLayerSaysSomething_TheRouteFollowsAll()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta");
        mesh.Options = mesh.Options with { DefaultPolicy = new ServicePolicy { MaxRetries = 4, MaxRequestsInFlight = 9, EjectionTime = TimeSpan.FromSeconds(9), ConsecutiveFailures = 9 } };
        mesh.Policy(new ServicePolicy { MaxRetries = 2, MaxRequestsInFlight = 7 });
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1")) with { Policy = new ServicePolicy { MaxRetries = 3, MaxRequestsInFlight = 8, EjectionTime = TimeSpan.FromSeconds(8) } });

        var policy = mesh.RouteOf("http://orders.sales", new ServicePolicy { MaxRetries = 1 }).Policy;

        (policy.MaxRetries, policy.MaxRequestsInFlight, policy.EjectionTime.TotalSeconds, policy.ConsecutiveFailures).ShouldBe((1, 7, 8, 9));
        mesh.Route.Policy.MaxRetries.ShouldBe(2);
    }

    [Fact]
    public void Route_SeveralClustersBringAPolicy_TheOwnOneThenTheOldestExport()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Cluster("gamma");
        var (own, young, old) = (
            Of("alpha", new ServicePolicy { MaxRetries = 1 }, null),
            Of("beta", new ServicePolicy { MaxRetries = 2, ConsecutiveFailures = 2 }, DateTimeOffset.UnixEpoch.AddDays(2)),
            Of("gamma", new ServicePolicy { MaxRetries = 3, ConsecutiveFailures = 3 }, DateTimeOffset.UnixEpoch));

        mesh.Service(own, young, old);

        mesh.Route.Policy.MaxRetries.ShouldBe(1);
        mesh.Route.Policy.ConsecutiveFailures.ShouldBe(3);

        static ServiceContribution Of(string cluster, ServicePolicy policy, DateTimeOffset? exported) =>
            TestMesh.Part(cluster, new Pod("10.0.0.1")) with { Policy = policy, ExportedAt = exported };
    }

    [Fact]
    public void Route_AClusterThatDoesNotExportTheService_HasNoSayInItsPolicy()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta");

        mesh.Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1")),
            TestMesh.Part("beta", new Pod("10.0.0.2")) with { IsExported = false, Policy = new ServicePolicy { MaxRetries = 9 } });

        mesh.Route.Policy.MaxRetries.ShouldBe(1);
    }

    [Fact]
    public void Route_SessionAffinity_IsShown()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")) with
            {
                Policy = new ServicePolicy { SessionAffinity = SessionAffinity.ClientIP, SessionAffinityTimeout = TimeSpan.FromSeconds(77) },
            });

        var explained = mesh.Router.Explain("orders.sales");

        explained.Policy.Single(static f => f.Name == nameof(ServicePolicy.SessionAffinity)).ShouldBe(new("SessionAffinity", "ClientIP", PolicyOrigin.Source));
        explained.Policy.Single(static f => f.Name == nameof(ServicePolicy.SessionAffinityTimeout)).Value.ShouldBe("77 s");
        explained.PolicyProblems.ShouldBeEmpty();
    }

    [Fact]
    public void Route_SourcesPolicyChanges_TheRouteFollows()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")));
        var route = mesh.Route;
        route.Policy.MaxRetries.ShouldBe(1);

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1")) with { Policy = new ServicePolicy { MaxRetries = 3 } });

        route.Policy.MaxRetries.ShouldBe(3);
        route.Policy.Origins[nameof(EffectivePolicy.MaxRetries)].ShouldBe(PolicyOrigin.Source);
    }

    private static ServicePolicy Policy(int layer, Func<int, bool> says)
    {
        var policy = new ServicePolicy();
        for (var f = 0; f < Fields.Length; f++)
        {
            if (says(f))
            {
                Fields[f].SetValue(policy, Sample(Fields[f], layer));
            }
        }

        return policy;
    }

    // A value of the field's type, another for each layer where the type has as many.
    private static object Sample(PropertyInfo field, int layer) => (Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType) switch
    {
        var t when t == typeof(RoutingMode) => (RoutingMode)(layer % 2),
        var t when t == typeof(SessionAffinity) => (SessionAffinity)(layer % 2),
        var t when t == typeof(TrafficDistribution) => (TrafficDistribution)(layer % 2),
        var t when t == typeof(ImmutableArray<RoutingTarget>) => ImmutableArray.Create(new RoutingTarget(new ClusterId($"c{layer}"))),
        var t when t == typeof(SpillOver) => (SpillOver)(layer % 3),
        var t when t == typeof(HashKey) => new HashKey(HashKeyKind.Header, $"x-{layer}"),
        var t when t == typeof(string) => $"algorithm-{layer}",
        var t when t == typeof(bool) => layer % 2 == 0,
        var t when t == typeof(TimeSpan) => TimeSpan.FromSeconds(100 + layer),
        var t when t == typeof(int) => 100 + layer,
        var t when t == typeof(double) => 0.1 + layer,
        var t => throw new InvalidOperationException($"No sample of {t} for {field.Name}: add one."),
    };

    private static string? Text(object? value) => value is ImmutableArray<RoutingTarget> targets ? string.Join(",", targets) : value?.ToString();

    [Fact]
    public void Configure_OtherPolicies_HoldFromTheNextPickAndHostsAreLookedAtAgain()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.1.0.1")));
        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("alpha");
        var narrow = mesh.RouteOf("http://orders.sales.svc.cluster.local");
        var toBeta = new ServicePolicy { Mode = RoutingMode.ActiveActive, Targets = [new RoutingTarget(new ClusterId("beta"))] };

        mesh.Router.Configure(new ServicePolicy { WidenClusterLocal = true }, ImmutableDictionary<ServiceName, ServicePolicy>.Empty.Add(TestMesh.Orders, toBeta));

        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("beta");
        mesh.Router.Match(new Uri("http://orders.sales.svc.cluster.local")).Reason.ShouldContain("widened");
        mesh.Pick(narrow).Endpoint.Cluster.Name.ShouldBe("beta");

        mesh.Router.Configure(ServicePolicy.Empty, ImmutableDictionary<ServiceName, ServicePolicy>.Empty);

        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("alpha");
        mesh.Router.Match(new Uri("http://orders.sales.svc.cluster.local")).Reason.ShouldNotContain("widened");
    }

    [Fact]
    public void Configure_APolicyCannotBeFollowed_NamesItAndChangesNothing()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.1.0.1")));
        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("alpha");

        var error = Should.Throw<ArgumentException>(() => mesh.Router.Configure(
            new ServicePolicy { Mode = RoutingMode.ActiveActive, Targets = [new RoutingTarget(new ClusterId("beta"))] },
            ImmutableDictionary<ServiceName, ServicePolicy>.Empty.Add(TestMesh.Orders, new ServicePolicy { LoadBalancing = "cheapest" })));

        error.Message.ShouldContain("The policy of orders.sales: LoadBalancing 'cheapest' is not known");
        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("alpha");
    }
}
