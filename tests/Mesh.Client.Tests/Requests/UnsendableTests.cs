using System.Text;
using Mesh.Backends;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Requests;

/// <summary>Requests that cannot be written as they are: no endpoint is to blame, and at another one they would get no further.</summary>
public class UnsendableTests
{
    [Theory]
    [InlineData(1, "header")]
    [InlineData(2, "header")]
    [InlineData(1, "chunks of nothing")]
    [InlineData(1, "shorter")]
    [InlineData(2, "shorter")]
    [InlineData(1, "longer")]
    [InlineData(2, "longer")]
    [InlineData(1, "shorter stream")]
    [InlineData(1, "longer stream")]
    public async Task Send_RequestCannotBeWritten_BlamesNobodyAndIsTheCallersError(int version, string what)
    {
        var protocols = version == 2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
        await using var near = await Backend.StartAsync(protocols: protocols);
        await using var far = await Backend.StartAsync(protocols: protocols);
        await using var mesh = await NearAndFar.StartAsync(near, far, options: static o => o.Policy.ConsecutiveFailures = 1);
        using var request = new HttpRequestMessage(HttpMethod.Put, "http://orders.sales/")
        {
            Version = new Version(version, version == 2 ? 0 : 1),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        switch (what)
        {
            case "header":
                request.Headers.TryAddWithoutValidation("x-user", "Jürgen");
                break;
            case "chunks of nothing":
                request.Headers.TransferEncodingChunked = true;
                break;
            default:
                var bytes = Encoding.ASCII.GetBytes("0123456789");
                request.Content = what.EndsWith("stream", StringComparison.Ordinal) ? new StreamContent(new OneWayStream(bytes)) : new ByteArrayContent(bytes);
                request.Content.Headers.ContentLength = what.StartsWith("shorter", StringComparison.Ordinal) ? 11 : 9;
                break;
        }

        (await Should.ThrowAsync<HttpRequestException>(mesh.Client().SendAsync(request, Stop))).ShouldNotBeOfType<MeshRoutingException>();

        mesh.Explain(near.Port).Failures.ShouldBe(0);
        mesh.Explain(near.Port).Health.ShouldBe("healthy");
        mesh.Explain(near.Port).InFlight.ShouldBe(0);
        far.Connections.ShouldBeEmpty();
    }
}
