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
