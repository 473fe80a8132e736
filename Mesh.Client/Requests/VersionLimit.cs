using System.Net;

namespace Mesh.Requests;

/// <summary>
/// Keeps requests to services off HTTP/3: QUIC is not dialled by the endpoint's transport, and an <c>Alt-Svc</c> header would lead past the mesh. What the caller's version and
/// policy allow of HTTP/1.1 and HTTP/2 stays as it is.
/// </summary>
internal static class VersionLimit
{
    public static void Apply(HttpRequestMessage request, ServiceName service)
    {
        var secure = request.RequestUri!.Scheme is "https" or "wss";
        if (request.Version.Major >= 3)
        {
            if (request.VersionPolicy != HttpVersionPolicy.RequestVersionOrLower)
            {
                throw new MeshRoutingException(
                    service,
                    null,
                    HttpRequestError.VersionNegotiationError,
                    $"{service} is reached by HTTP/1.1 or HTTP/2; the request asks for HTTP/{request.Version} and nothing lower. Lower Version, or set VersionPolicy to RequestVersionOrLower.",
                    null);
            }

            request.Version = HttpVersion.Version20;
        }
        else if (secure && request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher)
        {
            // With HTTP/3 out, "1.1 or higher" over TLS means "2.0 or lower", and "2.0 or higher" means 2.0.
            request.VersionPolicy = request.Version.Major >= 2 ? HttpVersionPolicy.RequestVersionExact : HttpVersionPolicy.RequestVersionOrLower;
            request.Version = HttpVersion.Version20;
        }
    }
}
