using System.Net;
using Mesh.Backends;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Requests;

/// <summary>What answers do to the endpoint that gave them.</summary>
public class OutcomeTests
{
    [Fact]
    public async Task Send_FiveFailuresInARow_EjectTheEndpointAndTheTrafficMovesUntilAProbeSucceeds()
    {
        var clock = new FakeTimeProvider();
        var status = 503;
        await using var near = await Backend.StartAsync(context =>
        {
            context.Response.StatusCode = Volatile.Read(ref status);
            return context.Response.WriteAsync("near");
        });
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far, clock);
        using var client = mesh.Client();

        for (var i = 0; i < 5; i++)
        {
            mesh.Explain(near.Port).Health.ShouldBe("healthy");
            (await PostAsync(client)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        mesh.Explain(near.Port).Health.ShouldBe("ejected");
        mesh.Explain(near.Port).Reason!.ShouldContain("5 failures in a row");
        for (var i = 0; i < 10; i++)
        {
            (await client.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("far");
        }

        near.Count.ShouldBe(5);
        Volatile.Write(ref status, 200);
        clock.Advance(TimeSpan.FromSeconds(5));
        (await client.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("near");
        mesh.Explain(near.Port).Health.ShouldBe("healthy");
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("stream")]
    [InlineData("copy")]
    public async Task Send_BodiesBreakOffAgainAndAgain_EjectTheEndpoint(string reading)
    {
        await using var near = new BreakingPeer();
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync([near.Port], [far.Port], new FakeTimeProvider());
        using var client = mesh.Client();

        // Every answer begins well, and a body that breaks off takes that back: five in a row.
        for (var i = 0; i < 5; i++)
        {
            mesh.Explain(near.Port).Health.ShouldBe("healthy");
            await Should.ThrowAsync<Exception>(ReadAsync());
        }

        mesh.Explain(near.Port).Health.ShouldBe("ejected");
        (await client.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("far");

        async Task ReadAsync()
        {
            if (reading == "whole")
            {
                await client.GetStringAsync("http://orders.sales/", Stop);
                return;
            }

            using var response = await client.GetAsync("http://orders.sales/", HttpCompletionOption.ResponseHeadersRead, Stop);
            if (reading == "copy")
            {
                await response.Content.CopyToAsync(Stream.Null, Stop);
                return;
            }

            await using var body = await response.Content.ReadAsStreamAsync(Stop);
            await body.CopyToAsync(Stream.Null, Stop);
        }
    }

    [Fact]
    public async Task Send_CallersOwnStreamFails_BlamesNobody()
    {
        await using var near = await Backend.SayingAsync("near");
        await using var mesh = await NearAndFar.StartAsync(near, null);
        using var client = mesh.Client();
        using var response = await client.GetAsync("http://orders.sales/", HttpCompletionOption.ResponseHeadersRead, Stop);

        await Should.ThrowAsync<Exception>(response.Content.CopyToAsync(new MemoryStream([], writable: false), Stop));

        mesh.Explain(near.Port).Failures.ShouldBe(0);
        mesh.Explain(near.Port).InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task Send_HeadersWithoutEnd_AreTheEndpointsFailure()
    {
        await using var near = await Backend.StartAsync(static context =>
        {
            context.Response.Headers["X-Long"] = new string('x', 100_000);
            return context.Response.WriteAsync("near");
        });
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far);

        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("far");

        mesh.Explain(near.Port).Failures.ShouldBe(1);
    }

    [Fact]
    public async Task Send_TooManyRequests_IsNoReasonToEject()
    {
        await using var near = await Backend.WithStatusAsync(429, static response => response.Headers.RetryAfter = "1");
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far, new FakeTimeProvider());
        using var client = mesh.Client();

        for (var i = 0; i < 25; i++)
        {
            (await PostAsync(client)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        }

        mesh.Explain(near.Port).Health.ShouldBe("healthy");
        mesh.Explain(near.Port).Failures.ShouldBe(0);
        mesh.Explain(near.Port).Latency!.Value.ShouldBeGreaterThan(TimeSpan.FromSeconds(4));
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client) => client.PostAsync("http://orders.sales/", null, Stop);
}
