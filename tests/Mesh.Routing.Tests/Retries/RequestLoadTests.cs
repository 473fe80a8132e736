using Mesh.Doubles;

namespace Mesh.Retries;

public sealed class RequestLoadTests
{
    [Fact]
    public void Pick_LimitReached_SaysSoUntilOneIsReleased()
    {
        using var mesh = World(3);
        var leases = new[] { mesh.Pick(), mesh.Pick(), mesh.Pick() };

        var refused = mesh.PickResult();

        refused.Status.ShouldBe(PickStatus.TooManyRequests);
        var failure = mesh.Route.Describe(refused);
        failure.Message.ShouldContain("3 requests to service orders.sales are under way in this process, and 3 are allowed (MaxRequestsInFlight)");
        failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        leases[0].Release();
        mesh.PickResult().Status.ShouldBe(PickStatus.Endpoint);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1024)]
    public void Pick_ManyUnderWay_ExactlyTheLimitAreLetIn(int limit)
    {
        using var mesh = World(limit);

        for (var i = 0; i < limit; i++)
        {
            mesh.Pick();
        }

        mesh.PickResult().Status.ShouldBe(PickStatus.TooManyRequests);
        mesh.Route.State.Load.InFlight.ShouldBe(limit);
        mesh.Router.Endpoints.Sum(static e => e.InFlight).ShouldBe(limit);
    }

    [Fact]
    public void Pick_AgainAfterAFailure_IsNotRefusedAtTheLimit()
    {
        using var mesh = World(1);
        var attempts = default(RequestAttempts);
        attempts.AddFailedConnect(mesh.Pick().Endpoint);

        mesh.Route.Pick(ref attempts, default).Status.ShouldBe(PickStatus.Endpoint);
    }

    [Fact]
    public void Pick_EveryRouteOfTheService_SharesOneCount()
    {
        using var mesh = World(1);
        var other = mesh.RouteOf("http://orders.sales", new ServicePolicy { LoadBalancing = "random" });
        mesh.Pick(other);

        mesh.PickResult().Status.ShouldBe(PickStatus.TooManyRequests);
    }

    [Fact]
    public async Task Count_ManyThreadsEnterAndLeaveOnOthers_IsExactInTheEnd()
    {
        var load = new RequestLoad();
        const int Threads = 4, Each = 20_000;

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(t => Task.Run(() =>
        {
            // Half of them leave all they entered; the other half's requests are ended by somebody else.
            for (var i = 0; i < Each; i++)
            {
                load.Enter(isRequest: i % 2 == 0);
                if (t % 2 == 0)
                {
                    load.Exit();
                }
            }
        })));

        load.InFlight.ShouldBe(Threads / 2 * Each);
        load.Requests.ShouldBe(Threads * Each / 2u);
        load.HasRoom(Threads / 2 * Each).ShouldBeFalse();
        load.HasRoom(Threads / 2 * Each + 1).ShouldBeTrue();
        for (var i = 0; i < Threads / 2 * Each; i++)
        {
            load.Exit();
        }

        load.InFlight.ShouldBe(0);
        load.HasRoom(1).ShouldBeTrue();
    }

    private static TestMesh World(int limit) =>
        new TestMesh().Cluster("alpha").Policy(new ServicePolicy { MaxRequestsInFlight = limit })
            .Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2"), new Pod("10.0.0.3")));
}
