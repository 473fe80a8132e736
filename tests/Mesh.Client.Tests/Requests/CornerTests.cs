using System.Net;
using System.Runtime.CompilerServices;
using Mesh.Backends;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Requests;

/// <summary>What peers, callers and clocks may do (docs/bad-input.md).</summary>
public class CornerTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(503)]
    public async Task Send_TheLastEndpointGoesMeanwhile_ItsAnswerIsTheAnswerAndTheNextRequestSaysThatNobodyIsLeft(int status)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var near = await Backend.StartAsync(async context =>
        {
            await release.Task.WaitAsync(context.RequestAborted);
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("near");
        });
        await using var mesh = await NearAndFar.StartAsync(near, null);
        var sending = mesh.Client().GetAsync("http://orders.sales/", Stop);
        await Eventually.BecomesTrue(() => near.Count == 1, "the request arrives");

        mesh.SetOrders("alpha");
        await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));
        release.SetResult();

        using var response = await sending;
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("near");
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Send_TheLastEndpointGoesInTheMiddleOfItsBody_TheBodyIsWholeAndTheConnectionGoesThen(HttpProtocols protocols)
    {
        await using var near = await PacedBackend.StartAsync(protocols);
        await using var mesh = await NearAndFar.StartAsync(near.Backend, null);
        near.SendHeaders();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/")
        {
            Version = protocols == HttpProtocols.Http2 ? new Version(2, 0) : new Version(1, 1),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await mesh.Client().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        var body = await response.Content.ReadAsStreamAsync(Stop);
        await body.ReadExactlyAsync(new byte["begin ".Length], Stop);

        mesh.SetOrders("alpha");
        await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));
        (near.Left, near.Backend.OpenConnections).ShouldBe((0, 1));
        near.SendEnd();

        using var reader = new StreamReader(body);
        (await reader.ReadToEndAsync(Stop)).ShouldBe("end");
        await Eventually.BecomesTrue(() => near.Backend.OpenConnections == 0, "the connection closes");
    }

    [Fact]
    public async Task Send_CallerNeverReadsTheBody_CountsUntilItForgetsTheResponseAndTheLimitHolds()
    {
        await using var near = await Backend.StartAsync(static async context =>
        {
            // More than any buffer on the way: the backend waits, and nobody keeps it in memory.
            var piece = new byte[64 * 1024];
            for (var i = 0; i < 1000; i++)
            {
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            }
        });
        await using var mesh = await NearAndFar.StartAsync(near, null, options: static o => o.Policy.MaxRequestsInFlight = 2);

        await HoldAsync(mesh);

        await Eventually.BecomesTrue(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return mesh.Explain(near.Port).InFlight == 0;
            },
            "forgotten responses release the endpoint");
        mesh.Explain(near.Port).Failures.ShouldBe(0);
        using var next = await mesh.Client().GetAsync("http://orders.sales/", HttpCompletionOption.ResponseHeadersRead, Stop);
        next.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("-5", true)]
    [InlineData("soon", true)]
    [InlineData("99999999999999999999", true)]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT", true)]
    [InlineData("0", true)]
    [InlineData("2147483647", false)]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", false)]
    public async Task Send_RetryAfterIsAbsurd_IsIgnoredOrCountsAsTheLongest(string retryAfter, bool isSentAgain)
    {
        await using var near = await Backend.WithStatusAsync(503, r => r.Headers.RetryAfter = retryAfter);
        await using var far = await Backend.SayingAsync("far");
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2030-01-01Z", System.Globalization.CultureInfo.InvariantCulture));
        await using var mesh = await NearAndFar.StartAsync(near, far, clock);

        (await Eventually.TurnUntilEnd(clock, mesh.Client().GetAsync("http://orders.sales/", Stop))).Dispose();

        far.Count.ShouldBe(isSentAgain ? 1 : 0);
        mesh.Explain(near.Port).Latency!.Value.ShouldBeInRange(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(300));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(-24 * 365)]
    [InlineData(24 * 365)]
    public async Task Clock_Jumps_NothingIsLongerOrShorterForIt(int hours)
    {
        var clock = new JumpingClock();
        var status = 503;
        await using var near = await Backend.StartAsync(async context =>
        {
            if (Volatile.Read(ref status) == 0)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }

            context.Response.StatusCode = Volatile.Read(ref status);
            await context.Response.WriteAsync("near");
        });
        await using var mesh = await NearAndFar.StartAsync(near, null, clock, static o =>
        {
            o.Policy.Timeout = TimeSpan.FromSeconds(5);
            o.Policy.MaxEjectedPercent = 100;
        });
        using var client = mesh.Client();
        for (var i = 0; i < 5; i++)
        {
            (await client.PostAsync("http://orders.sales/", null, Stop)).Dispose();
        }

        mesh.Explain(near.Port).Health.ShouldBe("ejected");
        clock.Offset = TimeSpan.FromHours(hours);
        clock.Advance(TimeSpan.FromSeconds(3.9));
        mesh.Explain(near.Port).Health.ShouldBe("ejected");
        mesh.Explain(near.Port).EjectedFor!.Value.ShouldBeInRange(TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1.1));
        clock.Advance(TimeSpan.FromSeconds(1.1));
        mesh.Explain(near.Port).Health.ShouldStartWith("half-open");
        Volatile.Write(ref status, 200);
        (await client.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("near");

        Volatile.Write(ref status, 0);
        var before = near.Count;
        var sending = client.GetAsync("http://orders.sales/", Stop);
        await Eventually.BecomesTrue(() => near.Count == before + 1, "the request arrives");
        clock.Offset = -clock.Offset;
        clock.Advance(TimeSpan.FromSeconds(4.9));
        sending.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(0.1));
        (await Should.ThrowAsync<MeshRoutingException>(sending.WaitAsync(Eventually.Bound, Stop))).Message.ShouldContain("within 5 s (Timeout)");
    }

    // In a method of its own, so that nothing on the stack remembers the responses.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task HoldAsync(TestMesh mesh)
    {
        using var client = mesh.Client();
        var held = new List<HttpResponseMessage>();
        for (var i = 0; i < 2; i++)
        {
            held.Add(await client.GetAsync("http://orders.sales/", HttpCompletionOption.ResponseHeadersRead, Stop));
        }

        using var refused = await client.GetAsync("http://orders.sales/", Stop);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        held.Count.ShouldBe(2);
    }

    /// <summary>A clock whose time of day is set while its timers and timestamps run on.</summary>
    private sealed class JumpingClock : FakeTimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
