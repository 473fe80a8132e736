using System.Net.Http.Headers;
using Mesh.Gateways;

namespace Mesh.Requests;

/// <summary>Whose a failure is that came through a gateway: its own, or that of what is behind it.</summary>
internal static class FailureOrigin
{
    /// <summary>
    /// An answer of 502, 503 or 504. Where nothing is said it is the gateway's: a load balancer before it does not know our headers.
    /// </summary>
    public static AttemptResult OfAnswer(EndpointState endpoint, HttpResponseMessage response) =>
        endpoint.Reach == Reach.Gateway && Said(response.Headers) == WireHeaders.OfUpstream ? AttemptResult.UpstreamFailed : AttemptResult.Failed;

    /// <summary>
    /// A gRPC status, in headers or trailers. Where nothing is said it is that of what is behind: a gateway hands on the trailers of others without reading them, and signs its own.
    /// </summary>
    public static AttemptResult OfGrpc(EndpointState endpoint, HttpHeaders headers) =>
        endpoint.Reach == Reach.Gateway && Said(headers) != WireHeaders.OfGateway ? AttemptResult.UpstreamFailed : AttemptResult.Failed;

    /// <summary>
    /// A body that broke off. A reset of this stream alone is how a gateway hands on that what is behind it broke off; a connection that is lost is the gateway's.
    /// </summary>
    public static AttemptResult OfBody(EndpointState endpoint, Exception exception)
    {
        if (endpoint.Reach != Reach.Gateway)
        {
            return AttemptResult.Failed;
        }

        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is HttpProtocolException)
            {
                return AttemptResult.UpstreamFailed;
            }
        }

        return AttemptResult.Failed;
    }

    private static string? Said(HttpHeaders headers) => headers.NonValidated.TryGetValues(WireHeaders.Origin, out var origin) ? origin.ToString() : null;
}
