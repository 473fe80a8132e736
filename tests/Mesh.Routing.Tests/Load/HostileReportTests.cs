using Mesh.Doubles;

namespace Mesh.Load;

/// <summary>Reports that say what cannot be, or never the same (docs/bad-input.md).</summary>
public sealed class HostileReportTests
{
    [Fact]
    public void Pick_EverybodyReportsNothingButErrors_AllAlike()
    {
        using var mesh = World(4, new ServicePolicy { LoadBalancing = "weighted-by-utilization" });
        mesh.Pick().Release();
        foreach (var endpoint in mesh.Router.Endpoints)
        {
            endpoint.ReportLoad(new LoadReport(0.5, 1e-300, 1e300));
        }

        mesh.Time.Advance(TimeSpan.FromSeconds(11));

        mesh.Count(4000).Values.ShouldAllBe(static c => c >= 990 && c <= 1010);
    }

    [Theory]
    [InlineData("weighted-by-utilization")]
    [InlineData("least-request")]
    public void Pick_ReportsAlternateBetweenNothingAndTenTimesTooMuch_SharesStayWholeAndNobodyStarves(string algorithm)
    {
        using var mesh = World(4, new ServicePolicy { LoadBalancing = algorithm });
        mesh.Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 4).Select(static i => new Pod($"10.0.0.{i}"))]), TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Cluster("beta");
        var picks = new Dictionary<string, int>();
        for (var i = 0; i < 12_000; i++)
        {
            // On average each says that it has five times what it can carry: part of it is shed, as it would be of a report that stays.
            var result = mesh.PickResult();
            result.Status.ShouldBeOneOf(PickStatus.Endpoint, PickStatus.Shed);
            if (result.HasEndpoint)
            {
                var lease = result.Lease;
                lease.ReportLoad(new LoadReport(i % 2 * 10, i % 2 == 0 ? 0 : 100));
                TestMesh.Finish(lease);
                picks[lease.Endpoint.Address.ToString()] = picks.GetValueOrDefault(lease.Endpoint.Address.ToString()) + 1;
            }

            if (i % 100 == 99)
            {
                mesh.Time.Advance(TimeSpan.FromSeconds(1));
                var shares = mesh.Route.Table.Shares;
                double.IsFinite(shares.Shed).ShouldBeTrue();
                (shares[0] + shares[1] + shares.Shed).ShouldBe(1, 1e-6);
            }
        }

        Enumerable.Range(1, 4).ShouldAllBe(i => picks.GetValueOrDefault($"10.0.0.{i}") > 100);
    }

    private static TestMesh World(int count, ServicePolicy policy) =>
        new TestMesh().Cluster("alpha").Policy(policy).Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, count).Select(static i => new Pod($"10.0.0.{i}"))]));
}
