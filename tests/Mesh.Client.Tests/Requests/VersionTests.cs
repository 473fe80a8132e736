using System.Net;
using Mesh.Backends;

namespace Mesh.Requests;

/// <summary>A request that asks for HTTP/3 is sent by what services are reached by; the message is its caller's.</summary>
public class VersionTests
{
    [Theory]
    [InlineData("3.0", HttpVersionPolicy.RequestVersionOrLower)]
    [InlineData("1.1", HttpVersionPolicy.RequestVersionOrHigher)]
    [InlineData("3.0", HttpVersionPolicy.RequestVersionExact)]
    public async Task Send_VersionIsLimited_TheMessageStaysAsItWas(string version, HttpVersionPolicy versionPolicy)
    {
        await using var near = await Backend.StartAsync();
        await using var mesh = await NearAndFar.StartAsync(near, null);
        var secure = versionPolicy == HttpVersionPolicy.RequestVersionOrHigher;
        using var request = new HttpRequestMessage(HttpMethod.Get, secure ? $"https://orders.sales:80/" : "http://orders.sales/") { Version = new Version(version), VersionPolicy = versionPolicy };

        if (secure || versionPolicy == HttpVersionPolicy.RequestVersionExact)
        {
            await Should.ThrowAsync<HttpRequestException>(mesh.Client().SendAsync(request, Stop));
        }
        else
        {
            (await mesh.Client().SendAsync(request, Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (request.Version, request.VersionPolicy).ShouldBe((new Version(version), versionPolicy));
    }
}
