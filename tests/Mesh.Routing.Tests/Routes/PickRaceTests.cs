using Mesh.Doubles;

namespace Mesh.Routes;

/// <summary>Many threads pick while snapshots, clusters and health change under them.</summary>
public sealed class PickRaceTests
{
    [Theory]
    [InlineData("least-request")]
    [InlineData("round-robin")]
    [InlineData("random")]
    public async Task Pick_WhileSnapshotsAreSwapped_NeverFindsWhatWasGoneBeforeItBegan(string algorithm)
    {
        const int Generations = 400;
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Policy(new ServicePolicy { LoadBalancing = algorithm });
        Publish(mesh, 0);
        var route = mesh.Route;
        var published = 0;
        var picks = 0;
        var pickers = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(() =>
        {
            for (int now; (now = Volatile.Read(ref published)) < Generations;)
            {
                var attempts = default(RequestAttempts);
                for (var again = 0; again < 2; again++)
                {
                    var picked = route.Pick(ref attempts, default);
                    if (picked.Endpoint is not { } endpoint)
                    {
                        break;
                    }

                    var generation = GenerationOf(endpoint);
                    picked.Lease.Report(new AttemptOutcome(Interlocked.Increment(ref picks) % 7 == 0 ? AttemptResult.ConnectFailed : AttemptResult.Success, TimeSpan.FromMilliseconds(1)));
                    picked.Lease.Release();
                    attempts.AddFailedConnect(endpoint);
                    if (generation < now)
                    {
                        throw new InvalidOperationException($"Generation {now} had been published, and {endpoint} of generation {generation} was picked.");
                    }
                }
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();

        for (var generation = 1; generation <= Generations; generation++)
        {
            Publish(mesh, generation);
            Volatile.Write(ref published, generation);

            // However busy the machine is, every generation is picked from.
            var before = Volatile.Read(ref picks);
            SpinWait.SpinUntil(() => Volatile.Read(ref picks) - before >= 10 || pickers.Any(static p => p.IsFaulted) || pickers.All(static p => p.IsCompleted));
            if (generation % 3 == 0)
            {
                mesh.Catalog.Notify(TestMesh.Orders);
            }

            if (generation % 5 == 0)
            {
                mesh.Time.Advance(TimeSpan.FromSeconds(1));
            }

            if (generation % 11 == 0)
            {
                mesh.Cluster("beta", network: generation % 2 == 0 ? "vpc" : "other");
            }
        }

        await Task.WhenAll(pickers);
        mesh.Catalog.Notify(TestMesh.Orders);
        mesh.Router.Endpoints.ShouldAllBe(static e => !e.IsRetired && e.InFlight == 0);
        mesh.Router.Endpoints.ShouldAllBe(static e => GenerationOf(e) == Generations);
        mesh.Route.State.Load.InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task Pick_WhileHealthChanges_EveryProbeHasOneTaker()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 8).Select(static i => new Pod($"10.0.0.{i}"))]));
        _ = mesh.Route.Table;
        var route = mesh.Route;
        for (var round = 0; round < 200; round++)
        {
            mesh.Eject("10.0.0.1");
            mesh.Time.Advance(TimeSpan.FromMinutes(6));
            using var start = new Barrier(4);
            var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                var attempts = default(RequestAttempts);
                return route.Pick(ref attempts, default).Lease;
            })));

            taken.Count(static l => l.Endpoint.Address.ToString() == "10.0.0.1").ShouldBe(1);
            foreach (var lease in taken)
            {
                TestMesh.Finish(lease);
            }

            mesh.At("10.0.0.1").IsEjected.ShouldBeFalse();
        }
    }

    // 10.g.g.x: the generation is in the address.
    private static void Publish(TestMesh mesh, int generation) => mesh.Service(
        TestMesh.Part("alpha", [.. Enumerable.Range(1, 3).Select(i => new Pod($"10.{generation / 200}.{generation % 200}.{i}"))]),
        TestMesh.Part("beta", new Pod($"10.{generation / 200}.{generation % 200}.9")));

    private static int GenerationOf(EndpointState endpoint)
    {
        var parts = endpoint.Address.ToString().Split('.');
        return int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) * 200 + int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture);
    }
}
