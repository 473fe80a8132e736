using Mesh.Doubles;

namespace Mesh.Load;

public sealed class UtilizationTests
{
    private const int Picks = 20_000;

    [Fact]
    public void Pick_NobodyReports_AllAlike()
    {
        using var mesh = World(4);

        mesh.Count(Picks).Values.ShouldAllBe(static c => Math.Abs(c - Picks / 4) <= 2);
    }

    [Fact]
    public void Pick_Reports_SharesFollowWhatEachCanDo()
    {
        using var mesh = World(3);
        Report(mesh, (1, 0.2, 100, 0), (2, 0.4, 100, 0), (3, 0.2, 100, 80));

        // 500 : 250 : 100.
        Shares(mesh, 3).ShouldBe([500 / 850.0, 250 / 850.0, 100 / 850.0], tolerance: 0.001);
    }

    [Fact]
    public void Pick_OneDoesNotReport_WeighsTheMean()
    {
        using var mesh = World(3);
        Report(mesh, (1, 0.2, 100, 0), (2, 0.5, 100, 0));

        Shares(mesh, 3).ShouldBe([500 / 1050.0, 200 / 1050.0, 350 / 1050.0], tolerance: 0.001);
    }

    [Fact]
    public void Pick_OnlyOneReports_AllAlike()
    {
        using var mesh = World(3);
        Report(mesh, (1, 0.9, 100, 0));

        Shares(mesh, 3).ShouldBe([1 / 3.0, 1 / 3.0, 1 / 3.0], tolerance: 0.001);
    }

    [Fact]
    public void Pick_InTheBlackout_AllAlike_AfterAnUpdate_ByWeight()
    {
        using var mesh = World(2);
        mesh.Pick().Release();
        mesh.At("10.0.0.1").ReportLoad(new LoadReport(0.3, 90));
        mesh.At("10.0.0.2").ReportLoad(new LoadReport(0.1, 90));
        mesh.Time.Advance(TimeSpan.FromSeconds(9));
        Shares(mesh, 2)[1].ShouldBe(0.5, 0.001);

        mesh.Time.Advance(TimeSpan.FromSeconds(0.9));
        Shares(mesh, 2)[1].ShouldBe(0.5, 0.001);
        mesh.Time.Advance(TimeSpan.FromSeconds(1));
        Shares(mesh, 2)[1].ShouldBe(0.75, 0.001);
    }

    [Fact]
    public void Pick_ReportsEnd_AllAlikeAgain()
    {
        using var mesh = World(2);
        Report(mesh, (1, 0.3, 90, 0), (2, 0.1, 90, 0));
        Shares(mesh, 2)[1].ShouldBe(0.75, 0.001);

        mesh.Time.Advance(TimeSpan.FromMinutes(3));

        Shares(mesh, 2)[1].ShouldBe(0.5, 0.001);
    }

    [Fact]
    public void Pick_WeightsOfTheSource_MultiplyTheReports()
    {
        using var mesh = World(0).Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2", Weight: 3)));
        Shares(mesh, 2)[1].ShouldBe(0.75, 0.001);

        Report(mesh, (1, 0.2, 100, 0), (2, 0.4, 100, 0));

        Shares(mesh, 2)[1].ShouldBe(0.6, 0.001);
    }

    [Theory]
    [InlineData(1e-300, 1e308)]
    [InlineData(10, 1e-300)]
    public void Pick_AbsurdReports_StayWithinTenTimesTheMean(double utilization, double requests)
    {
        using var mesh = World(10);
        Report(mesh, [.. Enumerable.Range(1, 10).Select(i => i == 1 ? (1, utilization, requests, 0.0) : (i, 0.5, 100, 0.0))]);

        var shares = Shares(mesh, 10);

        shares.Sum().ShouldBe(1, 1e-9);
        shares.ShouldAllBe(static s => s > 0.005 && s < 0.95);
    }

    [Fact]
    public void Pick_AfterAFailure_TheRestIsSharedByReports()
    {
        using var mesh = World(3);
        Report(mesh, (1, 0.2, 100, 0), (2, 0.4, 100, 0), (3, 0.1, 100, 0));
        var second = 0;
        for (var i = 0; i < 3000; i++)
        {
            var attempts = default(RequestAttempts);
            attempts.AddFailedTry(mesh.At("10.0.0.3"));
            var lease = mesh.Route.Pick(ref attempts, default).Lease;
            lease.Release();
            second += lease.Endpoint.Address.ToString() == "10.0.0.2" ? 1 : 0;
        }

        // A third, four standard deviations.
        second.ShouldBeInRange(896, 1104);
    }

    private static void Report(TestMesh mesh, params (int Endpoint, double Utilization, double Requests, double Errors)[] reports)
    {
        mesh.Pick().Release();
        foreach (var (endpoint, utilization, requests, errors) in reports)
        {
            mesh.At($"10.0.0.{endpoint}").ReportLoad(new LoadReport(utilization, requests, errors));
        }

        mesh.Time.Advance(TimeSpan.FromSeconds(11));
    }

    private static double[] Shares(TestMesh mesh, int count)
    {
        var counts = mesh.Count(Picks);
        return [.. Enumerable.Range(1, count).Select(i => counts.GetValueOrDefault($"10.0.0.{i}") / (double)Picks)];
    }

    private static TestMesh World(int count) =>
        new TestMesh().Cluster("alpha").Policy(new ServicePolicy { LoadBalancing = "weighted-by-utilization" })
            .Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, count).Select(static i => new Pod($"10.0.0.{i}"))]));
}
