using System.Net;
using Mesh.Backends;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Requests;

/// <summary>A request without a body, which the HTTP handler sends again by itself where a connection closes before the answer.</summary>
public class ResendTests
{
    private const int Kept = 2;

    [Theory]
    [InlineData("POST", 1)]
    [InlineData("PUT", Kept)]
    public async Task Post_WithoutABodyAndKeptConnectionsClose_RunsOnce(string method, int atLeast)
    {
        var ran = 0;
        var greeted = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var near = new ScriptedPeer(async (stream, cancellationToken) =>
        {
            string head;
            while ((head = await ScriptedPeer.ReadHeadAsync(stream, cancellationToken)).StartsWith("GET", StringComparison.Ordinal))
            {
                // Answered once all are there, so that each has a connection of its own.
                if (Interlocked.Increment(ref greeted) == Kept)
                {
                    all.SetResult();
                }

                await all.Task.WaitAsync(cancellationToken);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), cancellationToken);
            }

            if (head.Length > 0)
            {
                Interlocked.Increment(ref ran);
            }
        });
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync([near.Port], [far.Port]);
        using var client = mesh.Client();
        await Task.WhenAll(Enumerable.Range(0, Kept).Select(_ => client.GetStringAsync("http://orders.sales/", Stop))).WaitAsync(Eventually.Bound, Stop);

        using var request = new HttpRequestMessage(new HttpMethod(method), "http://orders.sales/");
        var sending = client.SendAsync(request, Stop);

        if (method == "POST")
        {
            (await Should.ThrowAsync<MeshRoutingException>(sending)).Message.ShouldContain("it was sent on a connection that closed before the answer. Since it may have run, it is not sent again.");
            ran.ShouldBe(atLeast);
            far.Count.ShouldBe(0);
        }
        else
        {
            (await sending).StatusCode.ShouldBe(HttpStatusCode.OK);
            ran.ShouldBeGreaterThanOrEqualTo(atLeast);
        }
    }

    [Fact]
    public async Task Post_WithoutABodyAndCredentialsAreAskedFor_IsSentAgainWithThemOnAnotherConnection()
    {
        await using var near = await Backend.StartAsync(static context =>
        {
            if (context.Request.Headers.Authorization.Count > 0)
            {
                return context.Response.WriteAsync("welcome");
            }

            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"orders\"";
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        await using var mesh = await NearAndFar.StartAsync(near, null, configure: static services =>
            services.ConfigureHttpClientDefaults(static clients => clients.ConfigureTransport(static t => t.Credentials = new NetworkCredential("ann", "secret"))));

        using var response = await mesh.Client().PostAsync("http://orders.sales/", null, Stop);

        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("welcome");
        near.Connections.Count.ShouldBe(2);
    }
}
