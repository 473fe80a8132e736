using Mesh.Backends;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Probing;

/// <summary>Probes of real endpoints over real sockets, on the system's clock: what is waited for is a state, never a time.</summary>
public class ProbeTests
{
    private int _status = 503;

    [Fact]
    public async Task Probe_EndpointSaysThatItIsNotWell_RequestsGoElsewhereUntilItIs()
    {
        await using var near = await Backend.StartAsync(AnswerAsync);
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await StartAsync([near.Port], far.Port);
        using var client = mesh.Client();
        (await client.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("near");

        await BecomesAsync(mesh, near.Port, "probe failed");

        await SaysAsync(mesh, near.Port, "it answered 503, not 200");
        var explained = mesh.Explain(near.Port);
        (explained.Failures, explained.InFlight).ShouldBe((0, 0));
        near.Requests.ShouldContain("orders.sales/healthz");
        await IsAnsweredByAsync(client, "far");

        Volatile.Write(ref _status, 200);
        await BecomesAsync(mesh, near.Port, "healthy");
        await Eventually.BecomesTrue(() => mesh.Logs.GetSnapshot().Any(static l => l.Id.Id == 1203), "the return is logged");
    }

    [Theory]
    [InlineData(204)]
    [InlineData(302)]
    [InlineData(404)]
    public async Task Probe_AnyAnswerButTwoHundred_IsNotWell(int status)
    {
        _status = status;
        await using var near = await Backend.StartAsync(AnswerAsync);
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await StartAsync([near.Port], far.Port);

        await BecomesAsync(mesh, near.Port, "probe failed");

        await SaysAsync(mesh, near.Port, $"it answered {status}, not 200");
    }

    [Fact]
    public async Task Probe_NobodyAccepts_IsNoFailureOfRequestsAndOpensNoBreaker()
    {
        await using var near = await Backend.SayingAsync("near");
        var closed = TestMesh.ClosedPort();

        // No request goes there: what is known of it is the probes'.
        await using var mesh = await StartAsync([near.Port], closed);

        await BecomesAsync(mesh, closed, "probe failed");

        mesh.Explain(closed).Failures.ShouldBe(0);
        await SaysAsync(mesh, closed, $"127.0.0.1:{closed} in cluster 'beta' could not be connected to");
        mesh.Logs.GetSnapshot().ShouldNotContain(static l => l.Id.Id == 1210);
    }

    [Fact]
    public async Task Probe_EndpointFallsSilent_IsAFailureInTime()
    {
        await using var near = await Backend.StartAsync(static context =>
            context.Request.Path == "/healthz" ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted) : context.Response.WriteAsync("near"));
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await StartAsync([near.Port], far.Port);

        await BecomesAsync(mesh, near.Port, "probe failed");

        await SaysAsync(mesh, near.Port, "no answer within 0.1 s");
    }

    [Fact]
    public async Task Probe_PortSpeaksHttp2Only_IsAskedInIt()
    {
        var protocol = "";
        await using var near = await Backend.StartAsync(
            context =>
            {
                protocol = context.Request.Protocol;
                context.Response.StatusCode = 418;
                return Task.CompletedTask;
            },
            HttpProtocols.Http2);
        await using var mesh = await StartAsync([], 1);
        mesh.Source.Service("orders.sales", "alpha", s => s.Port(80, "grpc", "kubernetes.io/h2c").Endpoint("127.0.0.1", near.Port));

        await BecomesAsync(mesh, near.Port, "probe failed");

        await SaysAsync(mesh, near.Port, "it answered 418, not 200");
        protocol.ShouldBe("HTTP/2");
    }

    private static Task<TestMesh> StartAsync(int[] near, int far) => NearAndFar.StartAsync(near, [far], options: static o =>
    {
        o.Policy.ProbePath = "/healthz";
        o.Policy.ProbeInterval = o.Policy.ProbeTimeout = TimeSpan.FromMilliseconds(100);
    });

    private Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/healthz")
        {
            context.Response.StatusCode = Volatile.Read(ref _status);
            context.Response.Headers.Location = "/";
            return Task.CompletedTask;
        }

        return context.Response.WriteAsync("near");
    }

    // On a loaded machine single probes may be late.
    private static Task SaysAsync(TestMesh mesh, int port, string reason) =>
        Eventually.BecomesTrue(() => mesh.Explain(port).Reason?.Contains(reason, StringComparison.Ordinal) == true, $"{port} says '{reason}'");

    // Not at the first request: the tables are made anew after the state is shown, and on a loaded machine the probes of the other one may be late too, and where both are down the nearer is asked.
    private static async Task IsAnsweredByAsync(HttpClient client, string who)
    {
        using var bound = new CancellationTokenSource(Eventually.Bound, TimeProvider.System);
        while (await client.GetStringAsync("http://orders.sales/", bound.Token) != who)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, bound.Token);
        }
    }

    // Only services in use are probed.
    private static async Task BecomesAsync(TestMesh mesh, int port, string health)
    {
        using var client = mesh.Client();
        using (await client.GetAsync("http://orders.sales/", HttpCompletionOption.ResponseHeadersRead, Stop))
        {
        }

        await Eventually.BecomesTrue(() => mesh.Explain(port).Health == health, $"{port} becomes '{health}'");
    }
}
