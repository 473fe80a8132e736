using Mesh.Backends;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Transport;

/// <summary>How HTTP/2 connections are shared, and that an address which changes hands does not share them.</summary>
public class Http2ConnectionTests
{
    private const int StreamsPerConnection = 100;

    [Fact]
    public async Task ManyRequestsAtOnce_ShareAsFewConnectionsAsTheirStreamsTake()
    {
        const int Requests = 3 * StreamsPerConnection;
        var arrived = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var backend = await Backend.StartAsync(
            async context =>
            {
                // Answered once all are there: so many streams are open at the same time, which one connection does not have.
                if (Interlocked.Increment(ref arrived) == Requests)
                {
                    all.SetResult();
                }

                await all.Task.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync("answer", context.RequestAborted);
            },
            HttpProtocols.Http2);
        await using var mesh = await TestMesh.StartAsync(null, null, backend);
        using var client = mesh.Client();

        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => AskAsync(client, "orders.sales"))).WaitAsync(Eventually.Bound, Stop);

        answers.ShouldAllBe(static a => a == "answer");
        backend.Connections.Count.ShouldBeInRange(Requests / StreamsPerConnection, 2 * Requests / StreamsPerConnection);

        // Afterwards what is there is used.
        var before = backend.Connections.Count;
        await Task.WhenAll(Enumerable.Range(0, StreamsPerConnection).Select(_ => AskAsync(client, "orders.sales"))).WaitAsync(Eventually.Bound, Stop);
        backend.Connections.Count.ShouldBe(before);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task PooledConnectionLifetime_IsFinite(HttpProtocols protocols)
    {
        await using var backend = await Backend.StartAsync(protocols: protocols);
        await using var mesh = await TestMesh.StartAsync(
            static s => s.ConfigureHttpClientDefaults(static c => c.ConfigureTransport(static t => t.PooledConnectionLifetime = TimeSpan.FromSeconds(1))),
            null,
            backend);
        using var client = mesh.Client();

        var tries = 0;
        do
        {
            (await AskAsync(client, "orders.sales", protocols)).ShouldBe("hello");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Stop);
        }
        while (backend.Connections.Count < 2 && ++tries < 3000);

        backend.Connections.Count.ShouldBe(2);
        await Eventually.BecomesTrue(() => backend.OpenConnections == 1, "the connection that is too old closes");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AddressOfAnotherService_WhileStreamsOfTheOldOneAreOpen_NobodyGetsTheOthersAnswer(bool isStale)
    {
        const int Streams = 20;
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var backend = await Backend.StartAsync(
            async context =>
            {
                await context.Response.WriteAsync($"{context.Request.Host} {context.Request.Path} ", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                if (context.Request.Host.Host == "orders.sales")
                {
                    await release.Task;
                }

                await context.Response.WriteAsync("end", context.RequestAborted);
            },
            HttpProtocols.Http2);
        await using var mesh = await TestMesh.StartAsync();
        foreach (var cluster in new[] { "alpha", "beta" })
        {
            mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId(cluster)) { Network = "shared", Freshness = ClusterFreshness.Live });
        }

        mesh.SetOrders("alpha", backend.Port);
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);
        using var client = mesh.Client();
        var open = await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => SendAsync(client, "orders.sales", $"/{i}")));
        var connections = backend.Connections.Count;

        // The pod is gone and its address is another service's in another cluster; the first cluster says so, or cannot say anything any more.
        if (isStale)
        {
            mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { Network = "shared", Freshness = ClusterFreshness.Stale });
        }
        else
        {
            mesh.Source.Remove(new ClusterId("alpha"), ServiceName.Parse("orders.sales"));
        }

        mesh.Source.Service("billing.sales", "beta", s => s.Endpoint("127.0.0.1", backend.Port));
        await Eventually.BecomesTrue(() => !mesh.Services.GetRequiredService<IMesh>().Explain("orders.sales").Tiers.SelectMany(static t => t.Endpoints).Any(), "nobody is to ask the address for the old service");
        for (var i = 0; i < Streams; i++)
        {
            (await AskAsync(client, "billing.sales", path: $"/{i}")).ShouldBe($"billing.sales /{i} end");
        }

        await Should.ThrowAsync<MeshRoutingException>(client.GetAsync("http://orders.sales/", Stop));
        backend.Connections.Count.ShouldBe(connections + 1);

        // What was under way ends as it began, on its own connections.
        release.SetResult();
        for (var i = 0; i < Streams; i++)
        {
            (await open[i].Content.ReadAsStringAsync(Stop)).ShouldBe($"orders.sales /{i} end");
            open[i].Dispose();
        }

        if (!isStale)
        {
            // Of a stale cluster the endpoint is left out and not gone: the address may be its own again, and until then its connection is as any idle one.
            await Eventually.BecomesTrue(() => backend.OpenConnections == 1, "the connections of the old service close");
        }
    }

    private static async Task<string> AskAsync(HttpClient client, string host, HttpProtocols protocols = HttpProtocols.Http2, string path = "/")
    {
        using var response = await SendAsync(client, host, path, protocols);
        return await response.Content.ReadAsStringAsync(Stop);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string host, string path, HttpProtocols protocols = HttpProtocols.Http2)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{host}{path}")
        {
            Version = protocols == HttpProtocols.Http2 ? new Version(2, 0) : new Version(1, 1),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }
}
