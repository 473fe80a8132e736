using Mesh.Doubles;

namespace Mesh.Spill;

/// <summary>Clusters that refuse so much that their endpoints are ejected, and say nothing of it otherwise.</summary>
public sealed class RefusalSpillTests
{
    private static readonly string[] Alpha = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"];
    private static readonly string[] Beta = ["10.0.1.1", "10.0.1.2"];
    private static readonly string[] Gamma = ["10.0.2.1", "10.0.2.2"];

    [Fact]
    public void Refusals_OfAllThatLive_ThoseEjectedForItAreTakenBackAndSomeIsShed()
    {
        using var mesh = World();
        Seconds(mesh, 10, static _ => 0);
        Lose(mesh);

        Seconds(mesh, 6, static _ => 0.5);

        var table = mesh.Route.Table;
        IsSomeEjected(mesh, Beta).ShouldBeTrue();
        IsSomeEjected(mesh, Gamma).ShouldBeTrue();
        table.Tiers[1].Endpoints.Length.ShouldBe(2);
        table.Tiers[2].Endpoints.Length.ShouldBe(2);
        table.Shares[1].ShouldBeGreaterThan(0.1);
        table.Shares[2].ShouldBeGreaterThan(0.1);
        table.Shares.Shed.ShouldBeGreaterThan(0.05);
    }

    [Fact]
    public void Refusals_OfOneThatServesNothing_ItStaysLeftOut()
    {
        using var mesh = World();
        Seconds(mesh, 10, static _ => 0);
        Lose(mesh);

        Seconds(mesh, 4, static _ => 0.5, perSecond: 200);
        mesh.Route.Table.Tiers[1].Endpoints.Length.ShouldBe(2);

        Seconds(mesh, 10, static cluster => cluster == "beta" ? 1 : 0.5, perSecond: 200);

        mesh.Route.Table.Shares[1].ShouldBeLessThan(0.02);
        mesh.Route.Table.Tiers[1].Endpoints.ShouldAllBe(static e => !e.IsEjected);
        mesh.Route.Table.Tiers[2].Endpoints.Length.ShouldBe(2);
    }

    [Fact]
    public void Refusals_WhileAnotherHasRoom_ThoseEjectedForItStayOut()
    {
        using var mesh = World();
        Seconds(mesh, 10, static _ => 0);
        Lose(mesh);

        Seconds(mesh, 6, static cluster => cluster == "beta" ? 0.5 : 0);

        IsSomeEjected(mesh, Beta).ShouldBeTrue();
        mesh.Route.Table.Tiers[1].Endpoints.ShouldAllBe(static e => !e.IsEjected);
        mesh.Route.Table.Shares.Shed.ShouldBe(0);
    }

    [Fact]
    public void Refusals_ThatEjectAClusterWithinASecond_AreSeenAllTheSame()
    {
        using var mesh = World();
        Seconds(mesh, 10, static _ => 0);
        Lose(mesh);

        Seconds(mesh, 1, static cluster => cluster == "beta" ? 0.6 : 0, perSecond: 200);

        mesh.At(Beta[0]).IsEjected.ShouldBeTrue();
        mesh.At(Beta[1]).IsEjected.ShouldBeTrue();
        mesh.Route.Table.Shares.IsFull(1).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ejection_ByFailures_KnowsWhetherTheyWereAnswers(bool isAnswered)
    {
        using var mesh = World().Policy(new ServicePolicy { ConsecutiveFailures = 1 });
        var lease = mesh.PickAt(Alpha[0]);
        lease.Report(new AttemptOutcome(AttemptResult.Failed, isAnswered ? TimeSpan.FromMilliseconds(1) : null));
        lease.Release();

        mesh.At(Alpha[0]).IsEjected.ShouldBeTrue();
        mesh.At(Alpha[0]).IsEjectedForAnswers.ShouldBe(isAnswered);
    }

    private static bool IsSomeEjected(TestMesh mesh, string[] addresses) => Array.Exists(addresses, a => mesh.At(a).IsEjected);

    private static TestMesh World() => new TestMesh().Cluster("alpha").Cluster("beta", "us").Cluster("gamma", "ap").Service(
        TestMesh.Part("alpha", [.. Alpha.Select(static a => new Pod(a))]),
        TestMesh.Part("beta", [.. Beta.Select(static a => new Pod(a))]),
        TestMesh.Part("gamma", [.. Gamma.Select(static a => new Pod(a))]));

    // Without an answer, as one that is dead.
    private static void Lose(TestMesh mesh) => Array.ForEach(Alpha, a => mesh.Eject(a));

    private static void Seconds(TestMesh mesh, int count, Func<string, double> refused, int perSecond = 60)
    {
        var debts = new Dictionary<string, double>();
        for (var i = 0; i < count; i++)
        {
            for (var r = 0; r < perSecond; r++)
            {
                if (mesh.PickResult() is { HasEndpoint: true } picked)
                {
                    // As evenly as the part that is refused allows.
                    var endpoint = picked.Endpoint.ToString();
                    var debt = debts.GetValueOrDefault(endpoint) + refused(picked.Endpoint.Cluster.Name);
                    debts[endpoint] = debt >= 1 ? debt - 1 : debt;
                    TestMesh.Finish(picked.Lease, debt >= 1 ? AttemptResult.Failed : AttemptResult.Success);
                }
            }

            mesh.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
