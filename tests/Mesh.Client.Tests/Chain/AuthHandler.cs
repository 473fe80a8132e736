using System.Net.Http.Headers;

namespace Mesh.Chain;

/// <summary>What applications put in front: adds a token.</summary>
internal sealed class AuthHandler : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "token");
        return base.SendAsync(request, cancellationToken);
    }
}
