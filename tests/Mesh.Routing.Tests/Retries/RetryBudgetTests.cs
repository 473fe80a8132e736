using CsCheck;
using Mesh.Doubles;

namespace Mesh.Retries;

public sealed class RetryBudgetTests
{
    [Theory]
    [InlineData(0, 30)]
    [InlineData(4, 30)]
    [InlineData(5, 31)]
    [InlineData(100, 50)]
    public void Take_AFifthOfTheRequestsAndThreeASecond(int requests, int retries)
    {
        using var mesh = World();
        mesh.Count(requests);

        mesh.Router.Explain("orders.sales").RetriesLeft.ShouldBe(retries);
        Take(mesh).ShouldBe(retries);
        mesh.Router.Explain("orders.sales").RetriesLeft.ShouldBe(0);
    }

    [Fact]
    public void Take_TenSecondsLater_OldRequestsAndRetriesAreForgotten()
    {
        using var mesh = World();
        mesh.Count(100);
        Take(mesh).ShouldBe(50);

        Turn(mesh, 9);
        Take(mesh).ShouldBe(0);
        Turn(mesh, 1);
        Take(mesh).ShouldBe(30);
    }

    [Fact]
    public void Take_RequestsGoOn_TheWindowMovesWithThem()
    {
        using var mesh = World();
        for (var second = 0; second < 20; second++)
        {
            Turn(mesh, 1);
            mesh.Count(10);
        }

        // The second that is under way and the nine before it.
        Take(mesh).ShouldBe(20 + 30);
    }

    [Fact]
    public void Take_PolicySaysHowMany()
    {
        using var mesh = World();
        mesh.Policy(new ServicePolicy { RetryBudgetRatio = 0.5, RetryBudgetMinimum = 0 });
        Take(mesh).ShouldBe(0);

        mesh.Count(9);

        Take(mesh).ShouldBe(4);
    }

    [Fact]
    public void Take_RepicksAreNoRequests()
    {
        using var mesh = World();
        mesh.Policy(new ServicePolicy { RetryBudgetRatio = 1, RetryBudgetMinimum = 0 });
        var attempts = default(RequestAttempts);
        var first = mesh.Route.Pick(ref attempts, default).Endpoint!;
        attempts.AddFailedConnect(first);

        mesh.Route.Pick(ref attempts, default).HasEndpoint.ShouldBeTrue();

        Take(mesh).ShouldBe(1);
    }

    [Fact]
    public void Heartbeat_NothingHappens_Rests()
    {
        using var mesh = World();
        mesh.Count(1);
        mesh.Route.State.IsAwake.ShouldBeTrue();

        Turn(mesh, 12);
        mesh.Route.State.IsAwake.ShouldBeFalse();
        mesh.Count(5);

        mesh.Route.State.IsAwake.ShouldBeTrue();
        Take(mesh).ShouldBe(31);
    }

    [Fact]
    public void Budget_AnyHistory_NeverBearsMoreThanItsShareOfTenSeconds()
    {
        var second = Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40]);
        second.Array[1, 40].Sample(seconds =>
        {
            var load = new RequestLoad();
            var budget = new RetryBudget(load);
            var (requests, retries) = (new List<int>(), new List<int>());
            foreach (var (sent, wanted) in seconds)
            {
                for (var i = 0; i < sent; i++)
                {
                    load.Enter(isRequest: true);
                    load.Exit();
                }

                requests.Add(sent);
                retries.Add(Enumerable.Range(0, wanted).Count(_ => budget.TryTake(0.2, 3)));
                var (lastRequests, lastRetries) = (requests.TakeLast(10).Sum(), retries.TakeLast(10).Sum());
                (retries[^1] == 0 || lastRetries <= 0.2 * lastRequests + 30 + 1e-6).ShouldBeTrue($"{lastRetries} retries of {lastRequests} requests");

                // And never refuses what it bears.
                (retries[^1] == wanted || lastRetries + 1 > 0.2 * lastRequests + 30).ShouldBeTrue();
                budget.Tick();
            }
        }, iter: 300, seed: "0N0XIzNsQ0O2", threads: 1);
    }

    private static int Take(TestMesh mesh)
    {
        var taken = 0;
        while (mesh.Route.TryAcquireRetry())
        {
            taken++;
        }

        return taken;
    }

    private static void Turn(TestMesh mesh, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            mesh.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static TestMesh World() => new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")));
}
