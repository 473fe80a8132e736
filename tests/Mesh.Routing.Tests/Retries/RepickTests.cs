using CsCheck;
using Mesh.Doubles;

namespace Mesh.Retries;

public sealed class RepickTests
{
    [Fact]
    public void Next_FirstFailure_LeavesTheNode()
    {
        using var mesh = World([new("10.0.0.1", Node: "n7"), new("10.0.0.2", Node: "n7"), new("10.0.0.3", Node: "n7"), new("10.0.0.4", Node: "n8")]);

        After(mesh, "10.0.0.1").ShouldBe(["10.0.0.4"]);
    }

    [Fact]
    public void Next_FirstFailure_LeavesTheZoneWhereTheTierHasAnother()
    {
        using var mesh = World([new("10.0.0.1", "eu", "eu-2", "n7"), new("10.0.0.2", "eu", "eu-2", "n8"), new("10.0.0.3", "eu", "eu-3", "n9")], [new("10.0.1.1")]);

        After(mesh, "10.0.0.1").ShouldBe(["10.0.0.3"]);
    }

    [Fact]
    public void Next_SecondFailure_LeavesTheCluster()
    {
        using var mesh = World([new("10.0.0.1", Node: "n7"), new("10.0.0.2", Node: "n8"), new("10.0.0.3", Node: "n9")], [new("10.0.1.1")]);

        After(mesh, "10.0.0.1", "10.0.0.2").ShouldBe(["10.0.1.1"]);
    }

    [Theory]
    [InlineData(1, 0, "10.0.0.")]
    [InlineData(2, 0, "10.0.1.1")]
    [InlineData(2, 0.9, "10.0.1.1")]
    [InlineData(2, 1.1, "10.0.0.")]
    public void Next_ConnectionsToTwoEndpointsJustFailed_LeavesTheClusterAtTheFirstFailure(int refusing, double secondsAgo, string goesTo)
    {
        using var mesh = World([new("10.0.0.1"), new("10.0.0.2"), new("10.0.0.3"), new("10.0.0.4")], [new("10.0.1.1")]);
        mesh.Count(1);
        for (var i = 2; i < 2 + refusing; i++)
        {
            mesh.At($"10.0.0.{i}").BeginConnect().Failed();
        }

        mesh.Time.Advance(TimeSpan.FromSeconds(secondsAgo));

        After(mesh, sent: true, "10.0.0.1").ShouldAllBe(address => address.StartsWith(goesTo, StringComparison.Ordinal));
    }

    [Fact]
    public void Next_AConnectionSucceededAfterTwoFailed_StaysInTheCluster()
    {
        using var mesh = World([new("10.0.0.1"), new("10.0.0.2"), new("10.0.0.3"), new("10.0.0.4")], [new("10.0.1.1")]);
        mesh.Count(1);
        mesh.At("10.0.0.2").BeginConnect().Failed();
        mesh.At("10.0.0.3").BeginConnect().Failed();

        TestMesh.Finish(mesh.PickAt("10.0.0.4"));

        After(mesh, sent: true, "10.0.0.1").ShouldNotContain("10.0.1.1");
    }

    [Fact]
    public void Next_NobodyFarAway_TakesANearerOneThatWasNotTried()
    {
        using var mesh = World([new("10.0.0.1", "eu", "eu-2", "n7"), new("10.0.0.2", "eu", "eu-2", "n7")]);

        After(mesh, "10.0.0.1").ShouldBe(["10.0.0.2"]);
    }

    [Fact]
    public void Next_EveryoneWasTried_ReturnsNoneAndSaysSo()
    {
        using var mesh = World([new("10.0.0.1"), new("10.0.0.2")], [new("10.0.1.1")]);
        mesh.Count(20);
        var attempts = Tried(mesh, "10.0.0.1", "10.0.1.1", "10.0.0.2");

        var result = mesh.Route.Pick(ref attempts, default);

        result.Status.ShouldBe(PickStatus.NoUsableEndpoint);
        result.Endpoint.ShouldBeNull();
        mesh.Route.Describe(result).Message.ShouldContain("no usable endpoint left: the request has tried all 3 that may be picked now");
        mesh.At("10.0.0.1").InFlight.ShouldBe(0);
    }

    [Fact]
    public void Next_ASingleEndpoint_IsNotTriedAgain()
    {
        using var mesh = World([new("10.0.0.1")]);
        mesh.Count(1);

        After(mesh, "10.0.0.1").ShouldBeEmpty();
    }

    [Fact]
    public void Next_FreedFromAnEjectedEndpoint_GoesToAnotherWhateverItsPlace()
    {
        using var mesh = World([new("10.0.0.1", Node: "n7"), new("10.0.0.2", Node: "n7")]);
        mesh.Count(20);
        mesh.Eject("10.0.0.1");
        var attempts = default(RequestAttempts);
        attempts.AddFreed(mesh.At("10.0.0.1"));

        var picked = mesh.Route.Pick(ref attempts, default);

        picked.Endpoint!.Address.ToString().ShouldBe("10.0.0.2");
        picked.Lease.Release();
    }

    [Fact]
    public void Next_FreedAndNobodyElseIsLeft_ComesBackUntilThatEndpointHasFailedItToo()
    {
        using var mesh = World([new("10.0.0.1"), new("10.0.0.2")]);
        mesh.Count(20);
        mesh.Eject("10.0.0.2");
        var attempts = Tried(mesh, "10.0.0.1");
        attempts.AddFreed(mesh.At("10.0.0.2"));

        var picked = mesh.Route.Pick(ref attempts, default);

        picked.Endpoint!.Address.ToString().ShouldBe("10.0.0.2");
        picked.Tier.ShouldBe(0);
        picked.Lease.Release();
        attempts.AddFailedConnect(picked.Endpoint);
        mesh.Route.Pick(ref attempts, default).HasEndpoint.ShouldBeFalse();
    }

    [Fact]
    public void Next_FreedBeforeSomebodyAnswered_ComesBackOnlyWhileItWasNotTried()
    {
        using var mesh = World([new("10.0.0.1"), new("10.0.0.2")]);
        mesh.Count(20);
        mesh.Eject("10.0.0.2");
        var attempts = default(RequestAttempts);
        attempts.AddFreed(mesh.At("10.0.0.2"));
        attempts.AddFailedTry(mesh.At("10.0.0.1"));

        var picked = mesh.Route.Pick(ref attempts, default);

        picked.Endpoint!.Address.ToString().ShouldBe("10.0.0.2");
        picked.Lease.Release();
        attempts.AddFailedTry(picked.Endpoint);
        mesh.Route.Pick(ref attempts, default).HasEndpoint.ShouldBeFalse();
    }

    [Fact]
    public void Next_Freed_IsTheSameRequestStillAndNotCountedAgain()
    {
        using var mesh = World([new("10.0.0.1")]);
        mesh.Policy(new ServicePolicy { MaxRequestsInFlight = 1 });
        var held = mesh.Pick();
        var attempts = default(RequestAttempts);
        attempts.AddFreed(held.Endpoint);

        var picked = mesh.Route.Pick(ref attempts, default);

        picked.Status.ShouldBe(PickStatus.Endpoint);
        picked.Lease.Release();
        held.Release();
    }

    [Fact]
    public void Next_WhateverTheWorld_VisitsEveryoneOnceAndThenEnds()
    {
        var pods = Gen.Select(Gen.Int[0, 2], Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 5]).List[1, 14];
        Gen.Select(pods, Gen.Int[0, 2].Select(static i => new[] { "least-request", "round-robin", "random" }[i]), Gen.Int).Sample((drafts, algorithm, seed) =>
        {
            using var mesh = World();
            mesh.Options = mesh.Options with { Seed = seed };
            mesh.Policy(new ServicePolicy { LoadBalancing = algorithm });
            mesh.Service([.. drafts.Select((d, i) => (Cluster: new[] { "alpha", "beta", "gamma" }[d.Item1], Pod: new Pod($"10.0.{d.Item1}.{i}", "eu", $"eu-{d.Item2}", $"n{d.Item3}", d.Item4)))
                .GroupBy(static d => d.Cluster).Select(static g => TestMesh.Part(g.Key, [.. g.Select(static d => d.Pod)]))]);
            var attempts = default(RequestAttempts);
            var visited = new HashSet<EndpointState>();
            while (mesh.Route.Pick(ref attempts, default) is { HasEndpoint: true } picked)
            {
                visited.Add(picked.Endpoint).ShouldBeTrue($"{picked.Endpoint} was tried already.");
                picked.Lease.Release();
                attempts.AddFailedConnect(picked.Endpoint);
            }

            visited.Count.ShouldBe(drafts.Count);
        }, iter: 200, seed: "0N0XIzNsQ0O2", threads: 1);
    }

    private static TestMesh World(Pod[]? alpha = null, Pod[]? beta = null) =>
        new TestMesh().Cluster("alpha").Cluster("beta").Cluster("gamma", "us").Service(TestMesh.Part("alpha", alpha ?? []), TestMesh.Part("beta", beta ?? []));

    private static RequestAttempts Tried(TestMesh mesh, params string[] tried) => Tried(mesh, sent: false, tried);

    private static RequestAttempts Tried(TestMesh mesh, bool sent, params string[] tried)
    {
        _ = mesh.Route.Table;
        var attempts = default(RequestAttempts);
        foreach (var address in tried)
        {
            if (sent)
            {
                attempts.AddFailedTry(mesh.At(address));
            }
            else
            {
                attempts.AddFailedConnect(mesh.At(address));
            }
        }

        return attempts;
    }

    // Where a request may go after these failures.
    private static string[] After(TestMesh mesh, params string[] tried) => After(mesh, sent: false, tried);

    private static string[] After(TestMesh mesh, bool sent, params string[] tried)
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 50; i++)
        {
            var attempts = Tried(mesh, sent, tried);
            if (mesh.Route.Pick(ref attempts, default) is { HasEndpoint: true } picked)
            {
                seen.Add(picked.Endpoint.Address.ToString());
                picked.Lease.Release();
            }
        }

        return [.. seen];
    }
}
