using Mesh.Doubles;
using Mesh.Health;

namespace Mesh.Retries;

/// <summary>Where a request goes that nobody is left for, while ejected or lost endpoints were not tried.</summary>
public sealed class LastResortTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Next_OnlyEjectedOnesAreLeft_EachIsAskedOnceAndNobodyTwice(bool sent)
    {
        using var mesh = World(3);
        mesh.Eject("10.0.0.2");
        mesh.Eject("10.0.0.3");
        mesh.Eject("10.0.1.1");

        Visit(mesh, sent).Order().ShouldBe(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.1.1"]);
    }

    [Fact]
    public void Next_SomebodyIsWell_ComesBeforeTheEjected()
    {
        using var mesh = World(4);
        mesh.Eject("10.0.0.2");
        mesh.Eject("10.0.0.3");

        Visit(mesh)[..3].Order().ShouldBe(["10.0.0.1", "10.0.0.4", "10.0.1.1"]);
    }

    [Fact]
    public void Next_NothingGoesOn_TheNextClusterComesBeforeTheEjectedAllTheSame()
    {
        using var mesh = World(2, new ServicePolicy { SpillOver = SpillOver.None });
        mesh.Eject("10.0.0.2");

        Visit(mesh).ShouldBe(["10.0.0.1", "10.0.1.1", "10.0.0.2"]);
    }

    [Fact]
    public void Next_TierIsFull_ItsEjectedOnesAreNotAskedEither()
    {
        var rule = new SetShares { Full = [false, true] };
        using var mesh = rule.World();
        mesh.Count(20);
        mesh.Eject("10.0.0.2");
        mesh.Eject("10.0.1.2");

        Visit(mesh).ShouldBe(["10.0.0.1", "10.0.0.2"]);
    }

    [Fact]
    public void Next_ClusterIsDrainedWhole_ItsEjectedOnesComeLast()
    {
        using var mesh = World(1);
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")), TestMesh.Part("beta", new Pod("10.0.1.1"), new Pod("10.0.1.2")));
        mesh.Catalog.SetCluster(mesh.Catalog.FindCluster(new ClusterId("alpha"))! with { Drain = 100 });
        mesh.Count(20);
        mesh.Eject("10.0.0.2");
        mesh.Eject("10.0.1.1");
        mesh.Eject("10.0.1.2");

        // Where it is the only one left, a drained cluster serves; the ejected of others come before its own.
        Visit(mesh).Last().ShouldBe("10.0.0.2");
    }

    [Fact]
    public void Next_HalfOpen_IsProbedByTheRequestAndAnotherOneComesAfterThoseThatNobodyProbes()
    {
        using var mesh = World(5);
        mesh.Eject("10.0.1.1");
        mesh.Eject("10.0.0.2");
        mesh.Time.Advance(TimeSpan.FromSeconds(5));
        mesh.Eject("10.0.0.3");
        mesh.At("10.0.0.2").Health.Phase.ShouldBe(HealthPhase.HalfOpen);
        mesh.At("10.0.1.1").Health.TryTakeProbe(out _).ShouldBeTrue();
        var attempts = Begin(mesh, "10.0.0.1", "10.0.0.4", "10.0.0.5", "10.0.0.3");

        var probe = mesh.Route.Pick(ref attempts, default);

        probe.Endpoint!.Address.ToString().ShouldBe("10.0.0.2");
        mesh.At("10.0.0.2").Health.Phase.ShouldBe(HealthPhase.Probing);
        attempts = Begin(mesh, "10.0.0.1", "10.0.0.4", "10.0.0.5");
        var other = mesh.Route.Pick(ref attempts, default);
        other.Endpoint!.Address.ToString().ShouldBe("10.0.0.3");
        other.Lease.Release();
        TestMesh.Finish(probe.Lease);
        mesh.At("10.0.0.2").IsEjected.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0.9, 4)]
    [InlineData(1.1, 2)]
    public void Next_EverythingCountsAsDown_AsksMoreOnlyWithinTheFirstConnectLimit(double seconds, int asked)
    {
        using var mesh = World(3);
        foreach (var address in (string[])["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.1.1"])
        {
            mesh.Eject(address, AttemptResult.ConnectFailed);
        }

        mesh.Route.IsDown.ShouldBeTrue();
        var attempts = new RequestAttempts(mesh.Time.GetTimestamp());
        mesh.Time.Advance(TimeSpan.FromSeconds(seconds));

        // Beta is the last tier, and one of its one is taken back; the trial of alpha takes another.
        Visit(mesh, attempts: attempts).Length.ShouldBe(asked);
    }

    private static TestMesh World(int pods, ServicePolicy? policy = null)
    {
        var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Policy(policy ?? new ServicePolicy());
        mesh.Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, pods).Select(static i => new Pod($"10.0.0.{i}"))]), TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Count(20);
        return mesh;
    }

    private static RequestAttempts Begin(TestMesh mesh, params string[] tried)
    {
        var attempts = default(RequestAttempts);
        foreach (var address in tried)
        {
            attempts.AddFailedConnect(mesh.At(address));
        }

        return attempts;
    }

    // One request that everybody fails, until there is nobody left.
    private static string[] Visit(TestMesh mesh, bool sent = false, RequestAttempts attempts = default)
    {
        var visited = new List<string>();
        while (mesh.Route.Pick(ref attempts, default) is { HasEndpoint: true } picked)
        {
            visited.ShouldNotContain(picked.Endpoint.Address.ToString());
            visited.Add(picked.Endpoint.Address.ToString());
            TestMesh.Finish(picked.Lease, AttemptResult.Cancelled);
            if (sent)
            {
                attempts.AddFailedTry(picked.Endpoint);
            }
            else
            {
                attempts.AddFailedConnect(picked.Endpoint);
            }
        }

        return [.. visited];
    }
}
