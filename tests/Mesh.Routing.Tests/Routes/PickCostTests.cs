using Mesh.Doubles;

namespace Mesh.Routes;

public sealed class PickCostTests
{
    [Theory]
    [InlineData("least-request", false)]
    [InlineData("least-request", true)]
    [InlineData("round-robin", false)]
    [InlineData("round-robin", true)]
    [InlineData("random", false)]
    [InlineData("random", true)]
    public void Pick_FirstTry_AllocatesNothing(string algorithm, bool weighted)
    {
        using var mesh = World(algorithm, weighted);
        var (uri, route) = (new Uri("http://orders.sales"), mesh.Route);
        Run(mesh, uri, route, 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(mesh, uri, route, 1000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Pick_ClustersAreDrained_AllocatesNothing()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Cluster("gamma").Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.1.1")), TestMesh.Part("gamma", new Pod("10.0.2.1"), new Pod("10.0.2.2")));
        foreach (var cluster in new[] { "alpha", "beta" })
        {
            mesh.Catalog.SetCluster(mesh.Catalog.FindCluster(new ClusterId(cluster), "test")! with { Drain = 50 });
        }

        var (uri, route) = (new Uri("http://orders.sales"), mesh.Route);
        Run(mesh, uri, route, 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(mesh, uri, route, 1000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Pick_ClustersShareByWeight_AllocatesNothing()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Policy(new ServicePolicy { Mode = RoutingMode.ActiveActive }).Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.1.1"), new Pod("10.0.1.2")));
        var (uri, route) = (new Uri("http://orders.sales"), mesh.Route);
        Run(mesh, uri, route, 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(mesh, uri, route, 1000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Pick_AfterFailures_AllocatesNothing()
    {
        using var mesh = World("least-request", weighted: false);
        var route = mesh.Route;
        Repick(route, 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Repick(route, 1000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static void Run(TestMesh mesh, Uri uri, ServiceRoute expected, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var route = mesh.Router.GetRoute(mesh.Router.Match(uri));
            var attempts = default(RequestAttempts);
            var lease = route.Pick(ref attempts, default).Lease;
            lease.Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(10)));
            lease.Release();
            if (!ReferenceEquals(route, expected))
            {
                throw new InvalidOperationException("The route is not the same one.");
            }
        }
    }

    private static void Repick(ServiceRoute route, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var attempts = default(RequestAttempts);
            for (var n = 0; n < 4; n++)
            {
                var lease = route.Pick(ref attempts, default).Lease;
                lease.Release();
                attempts.AddFailedConnect(lease.Endpoint);
            }
        }
    }

    private static TestMesh World(string algorithm, bool weighted) =>
        new TestMesh().Cluster("alpha").Policy(new ServicePolicy { LoadBalancing = algorithm })
            .Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 20).Select(i => new Pod($"10.0.0.{i}", Weight: weighted ? i : 1))]));
}
