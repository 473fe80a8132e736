using Mesh.Doubles;

namespace Mesh.Routes;

/// <summary>A cluster that could take over but cannot be dialled: said before it is needed.</summary>
public sealed class OutOfReachTests
{
    private const string NamesNone =
        "the caller is in network 'vpc', cluster beta names none, and it has no gateway: where its pods can be dialled from here, give it the caller's network (Mesh:Clusters:beta:Network)";

    [Fact]
    public void Pick_SecondClusterNamesNoNetwork_IsOneWarningWithTheAdvice()
    {
        using var mesh = World(network: null);
        mesh.Count(3);
        mesh.Service(Alpha, Beta);
        mesh.Count(3);

        Warnings(mesh).ShouldHaveSingleItem().ShouldBe($"Cluster beta cannot take requests to orders.sales, and not in a failover either: {NamesNone}. Said once for each cluster.");
        mesh.Router.Explain("orders.sales").LeftOut.ShouldHaveSingleItem().Reason.ShouldBe(NamesNone);
    }

    [Fact]
    public void Pick_SecondClusterCanBeDialled_NoWarning()
    {
        using var mesh = World(network: "vpc");
        mesh.Count(3);

        Warnings(mesh).ShouldBeEmpty();
    }

    [Fact]
    public void Pick_OwnClusterSaysItsNetworkWithTheFirstState_NoWarningBefore()
    {
        using var mesh = new TestMesh(synced: false).Cluster("beta").Service(Alpha, Beta);
        _ = mesh.Route.Policy;
        mesh.PickResult().Status.ShouldBe(PickStatus.Pending);
        mesh.Cluster("alpha").Catalog.Sync();
        mesh.Count(3);

        Warnings(mesh).ShouldBeEmpty();
    }

    [Fact]
    public void Pick_TableWasBuiltBeforeEverythingWasKnown_TheWarningIsStillGiven()
    {
        using var mesh = new TestMesh(synced: false).Cluster("alpha").Cluster("beta", network: null).Service(Alpha, Beta);
        _ = mesh.Route.Policy;
        mesh.Catalog.Sync();
        mesh.Count(3);

        Warnings(mesh).Count.ShouldBe(1);
    }

    [Fact]
    public void Describe_AllOfTheReachableClusterIsEjected_SaysThatTheOtherWasLeftOut()
    {
        using var mesh = World(network: null);
        mesh.Policy(new ServicePolicy { MaxEjectedPercent = 100 });
        _ = mesh.Route.Table;
        mesh.Eject("10.0.0.1");

        var failed = mesh.PickResult();

        failed.Status.ShouldBe(PickStatus.NoUsableEndpoint);
        mesh.Route.Describe(failed).Message.ShouldEndWith($" Clusters: alpha (live), beta (live). Cluster beta was left out: {NamesNone}.");
    }

    [Theory]
    [InlineData(null, null, "the caller names no network, cluster beta names none", "give both the same network (Mesh:Locality:Network and Mesh:Clusters:beta:Network)")]
    [InlineData(null, "vpc", "the caller names no network, cluster beta is in network 'vpc'", "say that the caller is in that network too (Mesh:Locality:Network), or, if a file brings the cluster, leave clusters.beta.network out of it")]
    [InlineData("lan", "vpc", "the caller is in network 'lan', cluster beta is in network 'vpc'", "give it the caller's network (Mesh:Clusters:beta:Network, or clusters.beta.network of the file that brings it)")]
    public void Describe_Unreachable_TheAdviceNamesTheSettingThatMends(string? caller, string? beta, string why, string what)
    {
        using var mesh = new TestMesh().Cluster("alpha", network: caller).Cluster("beta", network: beta).Service(Beta);

        var failed = mesh.PickResult();

        failed.Status.ShouldBe(PickStatus.Unreachable);
        mesh.Route.Describe(failed).Message.ShouldBe(
            $"Service orders.sales has endpoints, but none that can be dialled from here: {why}, and it has no gateway: where its pods can be dialled from here, {what}. Clusters: alpha (live), beta (live).");
    }

    private static ServiceContribution Alpha => TestMesh.Part("alpha", new Pod("10.0.0.1"));

    private static ServiceContribution Beta => TestMesh.Part("beta", new Pod("10.0.1.1"));

    private static TestMesh World(string? network) => new TestMesh().Cluster("alpha").Cluster("beta", network: network).Service(Alpha, Beta);

    private static List<string> Warnings(TestMesh mesh) => [.. mesh.Logger.Lines.Where(static l => l.Id == 1221).Select(static l => l.Message)];
}
