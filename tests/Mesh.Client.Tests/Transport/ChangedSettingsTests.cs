using System.Collections.Concurrent;
using System.IO.Pipelines;
using Mesh.Backends;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Transport;

/// <summary>A policy's time limit is another from now on, and with it the transport: what is under way ends on the old one, whose connections then go.</summary>
public class ChangedSettingsTests
{
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Change_ConnectTimeoutWhileBodiesAreUnderWay_TheyEndWholeNewRequestsHaveNewConnectionsAndTheOldOnesGo(HttpProtocols protocols)
    {
        await using var backend = await Watched.StartAsync(protocols);
        await using var mesh = await StartAsync(IdleTimeout);
        SetConnectTimeout(mesh, backend, 30);
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);
        using var client = mesh.Client();
        using var download = await client.SendAsync(Request(protocols, "/paced"), HttpCompletionOption.ResponseHeadersRead, Stop);
        var pipe = new Pipe();
        using var upload = Request(protocols, "/upload");
        upload.Method = HttpMethod.Post;
        upload.Content = new StreamContent(pipe.Reader.AsStream());
        var uploading = client.SendAsync(upload, Stop);
        await pipe.Writer.WriteAsync(new byte[100_000], Stop);
        // The last piece may wait in a buffer for more.
        await Eventually.BecomesTrue(() => backend.Received > 50_000, "half of the upload arrives");
        (await AskAsync(client, protocols, "/before")).ShouldBe("/before");
        var old = backend.Of("/paced", "/upload", "/before");

        SetConnectTimeout(mesh, backend, 20);
        (await AskAsync(client, protocols, "/")).ShouldBe("/");
        backend.Of("/").ShouldNotContain(c => old.Contains(c));
        backend.Of("/paced", "/upload").ShouldAllBe(static c => !c.IsClosed);
        mesh.Explain(backend.Port).InFlight.ShouldBe(2);
        await pipe.Writer.WriteAsync(new byte[100_000], Stop);
        await pipe.Writer.CompleteAsync();
        backend.SendEnd();

        (await download.Content.ReadAsStringAsync(Stop)).ShouldBe("begin end");
        using (var answer = await uploading.WaitAsync(Eventually.Bound, Stop))
        {
            (await answer.Content.ReadAsStringAsync(Stop)).ShouldBe("200000");
        }

        await Eventually.BecomesTrue(() => old.All(static c => c.IsClosed), "the old connections close");
        (await AskAsync(client, protocols, "/later")).ShouldBe("/later");
        backend.Of("/later").ShouldNotContain(c => old.Contains(c));
        mesh.Explain(backend.Port).InFlight.ShouldBe(0);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Change_MoreOftenThanTransportsAreKept_TheOldestsBodyEndsWholeAndItsConnectionGoesThen(HttpProtocols protocols)
    {
        await using var backend = await Watched.StartAsync(protocols);

        // Nothing goes for being idle.
        await using var mesh = await StartAsync(TimeSpan.FromHours(1));
        SetConnectTimeout(mesh, backend, 30);
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);
        using var client = mesh.Client();
        using var download = await client.SendAsync(Request(protocols, "/paced"), HttpCompletionOption.ResponseHeadersRead, Stop);
        var oldest = backend.Of("/paced").ShouldHaveSingleItem();

        for (var i = 1; i <= Endpoints.TransportSet.Most; i++)
        {
            SetConnectTimeout(mesh, backend, 30 + i);
            (await AskAsync(client, protocols, "/")).ShouldBe("/");
        }

        backend.Of("/").Count.ShouldBe(Endpoints.TransportSet.Most);
        oldest.IsClosed.ShouldBeFalse();
        backend.SendEnd();

        (await download.Content.ReadAsStringAsync(Stop)).ShouldBe("begin end");
        await Eventually.BecomesTrue(() => oldest.IsClosed, "the oldest connection closes");
        backend.Of("/").ShouldAllBe(static c => !c.IsClosed);
    }

    [Fact]
    public async Task Change_ProbeTimeout_ProbesHaveANewConnectionAndTheOldOneGoes()
    {
        await using var backend = await Watched.StartAsync(HttpProtocols.Http1);
        await using var mesh = await StartAsync(IdleTimeout);
        SetProbeTimeout(mesh, backend, 60);
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);
        using var client = mesh.Client();
        (await AskAsync(client, HttpProtocols.Http1, "/")).ShouldBe("/");
        await Eventually.BecomesTrue(() => backend.Of("/healthz").Count == 1, "it is probed");
        var old = backend.Of("/healthz").ShouldHaveSingleItem();

        SetProbeTimeout(mesh, backend, 59);
        (await AskAsync(client, HttpProtocols.Http1, "/")).ShouldBe("/");

        await Eventually.BecomesTrue(() => backend.Of("/healthz").Count > 1, "it is probed on another connection");
        await Eventually.BecomesTrue(() => old.IsClosed, "the old connection closes");
        mesh.Explain(backend.Port).Health.ShouldBe("healthy");
    }

    private static Task<TestMesh> StartAsync(TimeSpan idleTimeout) =>
        TestMesh.StartAsync(s => s.ConfigureHttpClientDefaults(c => c.ConfigureTransport(t => t.PooledConnectionIdleTimeout = idleTimeout)));

    private static void SetConnectTimeout(TestMesh mesh, Watched backend, int seconds) =>
        SetPolicy(mesh, backend, new ServicePolicy { ConnectTimeout = TimeSpan.FromSeconds(seconds) });

    private static void SetProbeTimeout(TestMesh mesh, Watched backend, int milliseconds) =>
        SetPolicy(mesh, backend, new ServicePolicy { ProbePath = "/healthz", ProbeInterval = TimeSpan.FromMilliseconds(100), ProbeTimeout = TimeSpan.FromMilliseconds(milliseconds) });

    private static void SetPolicy(TestMesh mesh, Watched backend, ServicePolicy policy) =>
        mesh.Source.Service("orders.sales", "alpha", s => s.Endpoint("127.0.0.1", backend.Port).Policy(policy));

    private static HttpRequestMessage Request(HttpProtocols protocols, string path) => new(HttpMethod.Get, $"http://orders.sales{path}")
    {
        Version = protocols == HttpProtocols.Http2 ? new Version(2, 0) : new Version(1, 1),
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static async Task<string> AskAsync(HttpClient client, HttpProtocols protocols, string path)
    {
        using var request = Request(protocols, path);
        using var response = await client.SendAsync(request, Stop);
        return await response.Content.ReadAsStringAsync(Stop);
    }

    /// <summary>One connection, as the backend sees it.</summary>
    private sealed record Connection(string Id, CancellationToken Closed)
    {
        public bool IsClosed => Closed.IsCancellationRequested;
    }

    /// <summary>Says the path that is asked for; on <c>/paced</c> an answer in two pieces, on <c>/upload</c> how long the body was. Knows which connection each came on.</summary>
    private sealed class Watched : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<(string Path, string Connection), Connection> _seen = new();
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _received;
        private Backend _backend = null!;

        public int Port => _backend.Port;

        /// <summary>Bytes of uploads.</summary>
        public long Received => Interlocked.Read(ref _received);

        public static async Task<Watched> StartAsync(HttpProtocols protocols)
        {
            var watched = new Watched();
            watched._backend = await Backend.StartAsync(watched.AnswerAsync, protocols);
            return watched;
        }

        public IReadOnlyList<Connection> Of(params string[] paths) => [.. _seen.Where(s => paths.Contains(s.Key.Path)).Select(static s => s.Value).DistinctBy(static c => c.Id)];

        public void SendEnd() => _end.SetResult();

        public ValueTask DisposeAsync() => _backend.DisposeAsync();

        private async Task AnswerAsync(HttpContext context)
        {
            var path = context.Request.Path.Value!;
            _seen.GetOrAdd((path, context.Connection.Id), static (key, c) => new Connection(key.Connection, c.Features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed), context);
            if (path == "/upload")
            {
                var buffer = new byte[16 * 1024];
                while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
                {
                    Interlocked.Add(ref _received, read);
                }

                await context.Response.WriteAsync(Received.ToString(System.Globalization.CultureInfo.InvariantCulture), context.RequestAborted);
                return;
            }

            if (path == "/paced")
            {
                await context.Response.WriteAsync("begin ", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await _end.Task.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync("end", context.RequestAborted);
                return;
            }

            await context.Response.WriteAsync(path, context.RequestAborted);
        }
    }
}
