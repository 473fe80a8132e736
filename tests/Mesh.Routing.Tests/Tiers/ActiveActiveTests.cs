using System.Collections.Immutable;
using CsCheck;
using Mesh.Doubles;

namespace Mesh.Tiers;

/// <summary>Clusters that share the load by weight, whatever the number of their endpoints.</summary>
public sealed class ActiveActiveTests
{
    private const int Picks = 10_000;

    private static readonly string[] Clusters = ["alpha", "beta", "gamma", "delta"];

    [Fact]
    public void Pick_WeightsOfClusters_CountAndNotTheNumberOfPods()
    {
        using var mesh = World([Target("alpha", 50), Target("beta", 150)], 5, 1);

        ShouldShare(mesh, 25, 75);
    }

    [Fact]
    public void Pick_NoTargets_AllClustersAlike()
    {
        using var mesh = World([], 3, 1, 2, 7);

        ShouldShare(mesh, 25, 25, 25, 25);
    }

    [Fact]
    public void Pick_OwnClusterIsNoTarget_GetsNothing()
    {
        using var mesh = World([Target("beta"), Target("gamma")], 3, 1, 1);

        ShouldShare(mesh, 0, 50, 50);
    }

    [Fact]
    public void Pick_OwnCluster_NearestFirstInside()
    {
        using var mesh = World([], 1, 1);
        mesh.Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1", "eu", "eu-1", "n1"), new Pod("10.0.0.2", "eu", "eu-1"), new Pod("10.0.0.3", "eu", "eu-2")), TestMesh.Part("beta", new Pod("10.0.1.1")));

        mesh.Count(200).Keys.Order().ShouldBe(["10.0.0.1", "10.0.1.1"]);
        mesh.Router.Explain("orders.sales").Tiers.Select(static t => (t.Name, t.Share)).ShouldBe([("same node", 50), ("same zone", 0), ("same cluster", 0), ("cluster beta", 50)]);
    }

    [Fact]
    public void Pick_ClusterDies_TheOthersOfItsPriorityTakeItsShareByWeight()
    {
        using var mesh = World([Target("alpha", 100), Target("beta", 100), Target("gamma", 300)], 1, 2, 2);

        mesh.Eject("10.0.0.0");

        ShouldShare(mesh, 0, 25, 75);
    }

    [Fact]
    public void Pick_HalfOfAClusterIsDown_ItCarriesSevenTenthsOfItsShare()
    {
        using var mesh = World([], 2, 2);

        mesh.Eject("10.0.0.0");

        // 50 × 0.7 to 50.
        ShouldShare(mesh, 100 * 0.7 / 1.7, 100 / 1.7);
    }

    [Fact]
    public void Pick_NextPriority_GetsWhatTheFirstCannotCarry()
    {
        using var mesh = World([Target("alpha"), Target("beta"), Target("gamma", priority: 1)], 2, 2, 1);
        ShouldShare(mesh, 50, 50, 0);

        // Of the first priority half is left by weight: 70 %.
        mesh.Eject("10.0.0.0");
        mesh.Eject("10.0.0.1");
        ShouldShare(mesh, 0, 70, 30);

        mesh.Eject("10.0.1.0");
        mesh.Eject("10.0.1.1");
        ShouldShare(mesh, 0, 0, 100);
    }

    [Fact]
    public void Pick_NoSpillOver_TheFirstPriorityKeepsAllOfItWhileItHasSomebody()
    {
        using var mesh = Started(new TestMesh().Policy(Policy(SpillOver.None, [Target("alpha"), Target("beta", 300), Target("gamma", priority: 1)])), 2, 2, 1);

        mesh.Eject("10.0.0.0");
        ShouldShare(mesh, 25, 75, 0);
        mesh.Eject("10.0.0.1");
        mesh.Eject("10.0.1.0");

        ShouldShare(mesh, 0, 100, 0);
    }

    [Fact]
    public void Pick_WeightZero_IsASpareForWhenNobodyElseIsLeft()
    {
        using var mesh = World([Target("alpha"), Target("beta", 0)], 4, 1);
        for (var i = 0; i < 3; i++)
        {
            mesh.Eject($"10.0.0.{i}");
        }

        ShouldShare(mesh, 100, 0);
        mesh.Eject("10.0.0.3");
        ShouldShare(mesh, 0, 100);
    }

    [Fact]
    public void Pick_ClusterIsDrained_ItsPartGoesToTheOthersByWeight()
    {
        using var mesh = World([Target("alpha", 100), Target("beta", 100), Target("gamma", 200)], 1, 1, 1);
        mesh.Catalog.SetCluster(mesh.Catalog.FindCluster(new ClusterId("alpha"), "test")! with { Drain = 60 });

        ShouldShare(mesh, 10, 30, 60);
    }

    [Fact]
    public void Policy_ChangesWhileRunning_TheNextPickFollows()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta");
        Say(Policy(SpillOver.Health, [Target("beta")]));
        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.1.1");
        var endpoint = mesh.At("10.0.1.1");

        Say(Policy(SpillOver.Health, [Target("alpha")]));
        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.1");
        Say(new ServicePolicy { Mode = RoutingMode.Failover, Targets = [Target("beta", priority: 0), Target("alpha", priority: 1)] });

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.1.1");
        mesh.At("10.0.1.1").ShouldBeSameAs(endpoint);

        void Say(ServicePolicy policy) => mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1")) with { Policy = policy }, TestMesh.Part("beta", new Pod("10.0.1.1")));
    }

    [Fact]
    public void Target_NobodyDescribesIt_IsToldOnceAndTheOthersShare()
    {
        using var mesh = World([Target("alpha"), Target("nowhere")], 1, 1);

        ShouldShare(mesh, 100, 0);
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.0"), new Pod("10.0.0.1")));
        mesh.Count(10);

        mesh.Router.Explain("orders.sales").PolicyProblems.ShouldHaveSingleItem()
            .ShouldBe("Targets names cluster 'nowhere', which no source describes: nothing goes there. Check its name; clusters are alpha, beta.");
        mesh.Logger.Lines.Count(static l => l.Id == 1222 && l.Message.Contains("names cluster nowhere among its targets", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void Target_NobodyDescribesItBeforeTheSourcesHaveSpoken_IsNotToldYet()
    {
        using var mesh = new TestMesh(synced: false).Cluster("alpha").Policy(Policy(SpillOver.Health, [Target("alpha"), Target("beta")])).Service(TestMesh.Part("alpha", new Pod("10.0.0.0")));
        mesh.PickResult();
        _ = mesh.Route.Table;
        mesh.Cluster("beta");
        mesh.Catalog.Sync();

        mesh.Count(10);

        mesh.Logger.Lines.ShouldNotContain(static l => l.Id == 1222);
    }

    [Fact]
    public void Target_ItsClusterComesWhileATableIsBuiltWithoutIt_IsNotTold()
    {
        using var mesh = new TestMesh(synced: false).Cluster("alpha").Policy(Policy(SpillOver.Health, [Target("alpha"), Target("beta")]));
        var route = mesh.Route;
        mesh.Catalog.WaitsForSync = false;
        mesh.Catalog.OnFind = () =>
        {
            mesh.Cluster("beta");
            mesh.Catalog.Sync();
        };
        _ = route.Table;

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.0")));
        mesh.Count(10, route);

        mesh.Logger.Lines.ShouldNotContain(static l => l.Id == 1222);
    }

    [Fact]
    public void Pick_AnyWeightsAndAnyAlive_TheLivingShareByWeight()
    {
        Gen.Select(Gen.Int[0, 3].Array[4].Where(static w => Array.Exists(w, static x => x > 0)), Gen.Bool.Array[4], Gen.Int).Sample((weights, alive, seed) =>
        {
            using var mesh = Seeded(seed, [.. Clusters.Select((c, i) => Target(c, weights[i] * 50))], 1, 2, 3, 4);
            for (var i = 0; i < Clusters.Length; i++)
            {
                for (var j = 0; j <= i && !alive[i]; j++)
                {
                    mesh.Eject($"10.0.{i}.{j}");
                }
            }

            if (!Array.Exists(alive, static a => a))
            {
                return;
            }

            // Spares where nobody else lives, then alike.
            int[] able = [.. weights.Select((w, i) => alive[i] ? w : 0)];
            able = able.Sum() > 0 ? able : [.. alive.Select(static a => a ? 1 : 0)];
            var shares = Shares(mesh);
            for (var i = 0; i < able.Length; i++)
            {
                ((double)shares.GetValueOrDefault(Clusters[i])).ShouldBe(100.0 * able[i] / able.Sum(), 1.5, $"weights {string.Join(' ', weights)}, alive {string.Join(' ', alive)}");
            }

            mesh.Count(100).Keys.ShouldAllBe(a => able[int.Parse(a.Split('.')[2], System.Globalization.CultureInfo.InvariantCulture)] > 0);
        }, iter: 200, seed: "0N0XIzNsQ0O2", threads: 1);
    }

    private static RoutingTarget Target(string cluster, int weight = 100, int? priority = null) => new(new ClusterId(cluster), weight, priority);

    private static ServicePolicy Policy(SpillOver spillOver, ImmutableArray<RoutingTarget> targets) => new() { Mode = RoutingMode.ActiveActive, SpillOver = spillOver, Targets = targets };

    private static TestMesh World(ImmutableArray<RoutingTarget> targets, params int[] pods) => Seeded(7, targets, pods);

    // Cluster by cluster this many pods, 10.0.<cluster>.<pod>.
    private static TestMesh Seeded(int seed, ImmutableArray<RoutingTarget> targets, params int[] pods)
    {
        var mesh = new TestMesh().Policy(Policy(SpillOver.Health, targets));
        mesh.Options = mesh.Options with { Seed = seed };
        return Started(mesh, pods);
    }

    private static TestMesh Started(TestMesh mesh, params int[] pods)
    {
        for (var i = 0; i < pods.Length; i++)
        {
            mesh.Cluster(Clusters[i]);
        }

        mesh.Service([.. pods.Select(static (count, i) => TestMesh.Part(Clusters[i], [.. Enumerable.Range(0, count).Select(j => new Pod($"10.0.{i}.{j}"))]))]);
        _ = mesh.Route.Table;
        return mesh;
    }

    private static Dictionary<string, int> Shares(TestMesh mesh) =>
        mesh.Router.Explain("orders.sales").Tiers.GroupBy(static t => t.Endpoints[0].Cluster.Name).ToDictionary(static g => g.Key, static g => g.Sum(static t => t.Share));

    // What is picked lies within five standard deviations of these percents, cluster by cluster, and explain says them.
    private static void ShouldShare(TestMesh mesh, params double[] percents)
    {
        var shares = Shares(mesh);
        var counts = mesh.Count(Picks);
        for (var i = 0; i < percents.Length; i++)
        {
            ((double)shares.GetValueOrDefault(Clusters[i])).ShouldBe(percents[i], 0.6);
            var part = percents[i] / 100;
            var count = counts.Where(c => c.Key.StartsWith($"10.0.{i}.", StringComparison.Ordinal)).Sum(static c => c.Value);
            ((double)count).ShouldBe(part * Picks, 5 * Math.Sqrt(Picks * part * (1 - part)) + 0.5, $"of {Clusters[i]}");
        }
    }
}
