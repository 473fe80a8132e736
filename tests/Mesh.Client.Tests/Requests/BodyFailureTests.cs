using System.Net;
using Mesh.Backends;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Requests;

/// <summary>A request body that breaks off: only what the connection did is the endpoint's fault.</summary>
public class BodyFailureTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task Send_CallersBodyFails_BlamesNobodyAndIsTheCallersError(int version, bool headersFirst)
    {
        await using var near = await Backend.StartAsync(
            async context =>
            {
                if (headersFirst)
                {
                    await context.Response.Body.WriteAsync("answer"u8.ToArray());
                    await context.Response.Body.FlushAsync();
                }

                await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            },
            version == 2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far, options: static o => o.Policy.ConsecutiveFailures = 1);
        var body = new FailingBody();
        using var request = new HttpRequestMessage(HttpMethod.Put, "http://orders.sales/")
        {
            Version = new Version(version, version == 2 ? 0 : 1),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };

        var sending = SendAndReadAsync(mesh.Client(), request);
        await Eventually.BecomesTrue(() => near.Count == 1, "the request arrives");
        body.Fail();

        var error = await Should.ThrowAsync<Exception>(sending);
        error.ShouldNotBeOfType<MeshRoutingException>();
        await Eventually.BecomesTrue(() => mesh.Explain(near.Port).InFlight == 0, "the endpoint is released");
        mesh.Explain(near.Port).Failures.ShouldBe(0);
        mesh.Explain(near.Port).Health.ShouldBe("healthy");
        far.Count.ShouldBe(0);
        request.Content.ShouldBeSameAs(body);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public async Task Send_ConnectionBreaksWhileABodyIsSent_IsTheEndpointsOnlyWhereAnAnswerCouldHaveBeenRead(int version, int failures)
    {
        await using var near = await Backend.StartAsync(
            static async context =>
            {
                await context.Request.Body.ReadExactlyAsync(new byte[10]);
                context.Abort();
            },
            version == 2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await using var mesh = await NearAndFar.StartAsync(near, null);
        using var request = new HttpRequestMessage(HttpMethod.Put, "http://orders.sales/")
        {
            Version = new Version(version, version == 2 ? 0 : 1),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StreamContent(new OneWayStream(new byte[10_000_000])),
        };

        await Should.ThrowAsync<MeshRoutingException>(mesh.Client().SendAsync(request, Stop));

        mesh.Explain(near.Port).Failures.ShouldBe(failures);
        mesh.Explain(near.Port).InFlight.ShouldBe(0);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task Send_TooLargeABody_BlamesNobody(string method)
    {
        await using var near = new ScriptedPeer(TooLargeAsync);
        await using var far = new ScriptedPeer(TooLargeAsync);
        await using var mesh = await NearAndFar.StartAsync([near.Port], [far.Port], options: static o => o.Policy.ConsecutiveFailures = 1);
        using var client = mesh.Client();

        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "http://orders.sales/") { Content = new ByteArrayContent(new byte[20_000_000]) };
            await Should.ThrowAsync<MeshRoutingException>(client.SendAsync(request, Stop));
        }

        foreach (var port in (int[])[near.Port, far.Port])
        {
            mesh.Explain(port).Failures.ShouldBe(0);
            mesh.Explain(port).Health.ShouldBe("healthy");
            mesh.Explain(port).InFlight.ShouldBe(0);
        }
    }

    // With most of the body unread, so that the connection is reset.
    private static async Task TooLargeAsync(Stream stream, CancellationToken cancellationToken)
    {
        await ScriptedPeer.ReadHeadAsync((System.Net.Sockets.NetworkStream)stream, cancellationToken);
        await stream.WriteAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellationToken);
    }

    private static async Task SendAndReadAsync(HttpClient client, HttpRequestMessage request)
    {
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        await response.Content.CopyToAsync(Stream.Null, Stop);
    }
}
