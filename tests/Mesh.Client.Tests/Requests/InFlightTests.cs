using System.Net;
using Mesh.Backends;
using Microsoft.AspNetCore.Http;

namespace Mesh.Requests;

/// <summary>How long a request counts as under way: until its body has ended or is disposed.</summary>
public class InFlightTests
{
    [Fact]
    public async Task Send_BodyIsReadToItsEnd_ReleasesTheEndpoint()
    {
        await using var near = await Backend.SayingAsync("a body");
        await using var mesh = await NearAndFar.StartAsync(near, null);

        using var response = await mesh.Client().GetAsync("http://orders.sales/", HttpCompletionOption.ResponseHeadersRead, Stop);
        mesh.Explain(near.Port).InFlight.ShouldBe(1);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Stop));
        (await reader.ReadToEndAsync(Stop)).ShouldBe("a body");

        mesh.Explain(near.Port).InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task Send_ResponseIsDisposedUnread_ReleasesTheEndpoint()
    {
        await using var near = await Backend.SayingAsync("a body");
        await using var mesh = await NearAndFar.StartAsync(near, null);

        var response = await mesh.Client().GetAsync("http://orders.sales/", HttpCompletionOption.ResponseHeadersRead, Stop);
        mesh.Explain(near.Port).InFlight.ShouldBe(1);
        response.Dispose();

        mesh.Explain(near.Port).InFlight.ShouldBe(0);
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("GET", 204)]
    [InlineData("HEAD", 200)]
    public async Task Send_BufferedOrWithoutABody_IsOverWithTheAnswer(string method, int status)
    {
        await using var near = await Backend.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return status == 204 ? Task.CompletedTask : context.Response.WriteAsync("a body");
        });
        await using var mesh = await NearAndFar.StartAsync(near, null);

        using var request = new HttpRequestMessage(new HttpMethod(method), "http://orders.sales/");
        using var response = await mesh.Client().SendAsync(request, Stop);

        mesh.Explain(near.Port).InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task Send_BeyondTheLimit_IsAnswered503WithRetryAfterAndNobodyIsAsked()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var near = await Backend.StartAsync(async context =>
        {
            await release.Task;
            await context.Response.WriteAsync("done");
        });
        await using var mesh = await NearAndFar.StartAsync(near, null, options: static o => o.Policy.MaxRequestsInFlight = 2);
        using var client = mesh.Client();
        var held = Enumerable.Range(0, 2).Select(_ => client.GetStringAsync("http://orders.sales/", Stop)).ToList();
        await Eventually.BecomesTrue(() => near.Count == 2, "both requests arrive");

        using (var refused = await client.GetAsync("http://orders.sales/", Stop))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
            (await refused.Content.ReadAsStringAsync(Stop)).ShouldStartWith("2 requests to service orders.sales are under way in this process, and 2 are allowed (MaxRequestsInFlight).");
        }

        near.Count.ShouldBe(2);
        release.SetResult();
        (await Task.WhenAll(held)).ShouldAllBe(static text => text == "done");
        (await client.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("done");
    }
}
