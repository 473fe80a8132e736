using Mesh.Backends;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mesh.Transport;

/// <summary>
/// Endpoints come and go while requests run: nothing of them stays. Alone in the process, for its sockets and its memory are counted.
/// </summary>
[Collection(nameof(ChurnTests))]
[CollectionDefinition(nameof(ChurnTests), DisableParallelization = true)]
public class ChurnTests
{
    private const int Backends = 4;

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public Task Endpoints_AFewThousandComeAndGo_SocketsAndMemoryStayFlat(HttpProtocols protocols) => ChurnAsync(4_000, protocols);

    [Theory(Explicit = true)]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public Task Endpoints_AHundredThousandComeAndGo_SocketsAndMemoryStayFlat(HttpProtocols protocols) => ChurnAsync(100_000, protocols);

    private static async Task ChurnAsync(int changes, HttpProtocols protocols)
    {
        var backends = new List<Backend>();

        // What a test's log collector keeps of each request is not what is measured.
        await using var mesh = await TestMesh.StartAsync(static s => s.AddLogging(static l => l.SetMinimumLevel(LogLevel.None)));
        try
        {
            for (var i = 0; i < Backends; i++)
            {
                backends.Add(await Backend.StartAsync(protocols: protocols));
            }

            mesh.SetOrders([.. backends]);
            await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);
            using var client = mesh.Client();
            var generation = 0;

            // The first tenth lets pools and tables grow to what they need.
            generation = await TurnOverAsync(mesh, client, backends, generation, changes / 10, protocols);
            await QuiesceAsync(backends);
            var (sockets, bytes) = (Sockets(), Bytes());
            generation = await TurnOverAsync(mesh, client, backends, generation, changes - (changes / 10), protocols);
            await QuiesceAsync(backends);

            mesh.Services.GetRequiredService<MeshRouter>().Endpoints.Count.ShouldBe(Backends);
            await Eventually.BecomesTrue(() => Sockets() <= sockets + Backends, $"the sockets are as many as before ({sockets}, now {Sockets()})");
            var more = Bytes() - bytes;
            TestContext.Current.TestOutputHelper?.WriteLine($"{generation * Backends} endpoints came and went; {sockets} → {Sockets()} sockets, {bytes / 1024} KB and {more / 1024} KB more");

            // Of a few thousand kept endpoints, each 20 KB and more with its connections, it would be many times as much.
            more.ShouldBeLessThan(2_000_000);
        }
        finally
        {
            foreach (var backend in backends)
            {
                await backend.DisposeAsync();
            }
        }
    }

    // Every step each address is another pod's, so that all of its endpoints are new ones; requests run meanwhile.
    private static async Task<int> TurnOverAsync(TestMesh mesh, HttpClient client, List<Backend> backends, int generation, int changes, HttpProtocols protocols)
    {
        var address = EndpointAddress.Parse("127.0.0.1");
        using var ended = new CancellationTokenSource();
        var senders = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                await AskAsync(client, protocols);
            }
        })).ToArray();
        for (var change = 0; change < changes; change += Backends)
        {
            generation++;
            mesh.Source.Service("orders.sales", "alpha", s => backends.ForEach(b => s.Endpoint(b.Port, new EndpointDescription(address) { TargetUid = new Guid(generation, 0, 0, new byte[8]) })));
            await AskAsync(client, protocols);
            backends.ForEach(static b =>
            {
                b.Requests.Clear();
                b.Connections.Clear();
            });
        }

        await ended.CancelAsync();
        await Task.WhenAll(senders);
        return generation;
    }

    private static async Task AskAsync(HttpClient client, HttpProtocols protocols)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/")
        {
            Version = protocols == HttpProtocols.Http2 ? new Version(2, 0) : new Version(1, 1),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request, Stop);
        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("hello");
    }

    // Connections of the last endpoints stay: a few to each.
    private static Task QuiesceAsync(List<Backend> backends) =>
        Eventually.BecomesTrue(() => backends.TrueForAll(static b => b.OpenConnections <= 4), "the removed endpoints' connections close");

    private static int Sockets() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(static f =>
    {
        try
        {
            return File.ResolveLinkTarget(f, returnFinalTarget: false)?.Name.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            // Closed since it was listed.
            return false;
        }
    });

    private static long Bytes()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
