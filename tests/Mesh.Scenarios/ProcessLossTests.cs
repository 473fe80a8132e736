using System.Collections.Concurrent;
using Mesh.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh;

/// <summary>The backends of each cluster are a process of their own, and real sockets between: one is killed, and comes back at the same addresses.</summary>
public class ProcessLossTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Process_OfTheNearerClusterIsKilledAndComesBack_NoIdempotentRequestIsLostAndItTakesItsShareAgain()
    {
        const int Held = 6;
        await using var alpha = new ClusterProcess("alpha");
        await using var beta = new ClusterProcess("beta");
        await Task.WhenAll(alpha.StartAsync(holds: true, Stop), beta.StartAsync(holds: false, Stop));
        await using var mesh = await StartMeshAsync(alpha, beta);
        await mesh.WaitForSyncAsync(Stop);
        using var client = mesh.CreateHttpClient();
        await using var load = new Load(client);
        await load.WaitForAsync(200);
        load.Take().ShouldAllBe(static a => a.StartsWith("alpha", StringComparison.Ordinal));

        // These are under way in it for certain when it dies.
        var held = Enumerable.Range(0, Held).Select(_ => AskAsync(client, ClusterProcessStory.HoldPath)).ToList();
        using var direct = new HttpClient();
        while (await direct.GetStringAsync(new Uri($"http://127.0.0.1:{alpha.Ports[0]}{ClusterProcessStory.HeldPath}"), Stop) != $"{Held}")
        {
            // The test's own time-out bounds it.
        }

        await alpha.KillAsync(Stop);

        (await Task.WhenAll(held)).ShouldAllBe(static a => a.StartsWith("beta", StringComparison.Ordinal));
        await load.WaitForAsync(200);
        load.Take().ShouldAllBe(static a => a.StartsWith("alpha", StringComparison.Ordinal) || a.StartsWith("beta", StringComparison.Ordinal));
        await load.WaitForAsync(50);
        load.Take().ShouldAllBe(static a => a.StartsWith("beta", StringComparison.Ordinal));

        await alpha.StartAsync(holds: false, Stop);
        List<string> served = [];
        while (served.Count < 30 || served.Any(static a => !a.StartsWith("alpha", StringComparison.Ordinal)))
        {
            // Ejections and the breaker give way by themselves, and its share grows to all of it; the test's own time-out bounds the wait.
            await load.WaitForAsync(30);
            served = load.Take();
            served.ShouldAllBe(static a => a.StartsWith("alpha", StringComparison.Ordinal) || a.StartsWith("beta", StringComparison.Ordinal));
        }

        load.Take().ShouldAllBe(static a => a.StartsWith("alpha", StringComparison.Ordinal) || a.StartsWith("beta", StringComparison.Ordinal));
    }

    private static Task<MeshRouting> StartMeshAsync(params ClusterProcess[] clusters)
    {
        var source = new MemoryCatalogSource();
        foreach (var cluster in clusters)
        {
            source.Service("orders.sales", cluster.Name, s => Array.ForEach(cluster.Ports, p => s.Endpoint("127.0.0.1", p)));
        }

        return MeshRouting.StartAsync(
            m => m.RunsIn(cluster: "alpha").AddSource(_ => source).Configure(static o =>
            {
                o.Namespaces.Add("sales");
                o.Seed = 7;

                // On the system's clock a loaded machine must not run into the limit.
                o.Policy.ConnectTimeout = TimeSpan.FromSeconds(10);

                // The way back is the same, and shorter to wait for. By capacity the share would depend on how busy the machine is besides.
                o.Policy.SpillOver = SpillOver.Health;
                o.Policy.SlowStart = TimeSpan.FromSeconds(2);
                o.Policy.EjectionTime = o.Policy.MaxEjectionTime = TimeSpan.FromSeconds(1);
            }),
            Stop);
    }

    /// <summary>Who served, or how it failed.</summary>
    private static async Task<string> AskAsync(HttpClient client, string path)
    {
        try
        {
            using var response = await client.GetAsync(new Uri($"http://orders.sales{path}"), Stop);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(Stop) : $"{(int)response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    /// <summary>Four callers that ask on and on, and leave the others room to live.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly ConcurrentQueue<string> _answers = new();
        private readonly Task _callers;
        private volatile bool _isOver;

        public Load(HttpClient client) => _callers = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!_isOver && !Stop.IsCancellationRequested)
            {
                _answers.Enqueue(await AskAsync(client, "/"));
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
            }
        })));

        /// <summary>Waits for more answers than there are now.</summary>
        public async Task WaitForAsync(int more)
        {
            for (var count = _answers.Count + more; _answers.Count < count;)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Stop);
            }
        }

        /// <summary>What was answered since it was last asked.</summary>
        public List<string> Take()
        {
            var taken = new List<string>();
            while (_answers.TryDequeue(out var answer))
            {
                taken.Add(answer);
            }

            return taken;
        }

        public async ValueTask DisposeAsync()
        {
            _isOver = true;
            await _callers;
        }
    }
}
