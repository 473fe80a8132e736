using Mesh.Transport;

namespace Mesh.Probing;

/// <summary>
/// Probes of an endpoint that is dialled, by the name of its service and the protocol that its port names. Its failures are the probe's alone: neither requests nor breakers hear of them.
/// </summary>
internal sealed class EndpointProbe(EndpointState endpoint, TransportSettings settings, TransportContext context) : EndpointTransport(endpoint, settings, context), IProbeTransport
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly string _authority = endpoint.Service.ToString();
    private readonly string? _protocol = endpoint.AppProtocol;

    public HttpRequestMessage CreateRequest(string? path)
    {
        var isSecure = string.Equals(_protocol, "https", StringComparison.OrdinalIgnoreCase);

        // KEP-3726's name, and those that are in use for it.
        var isHttp2 = _protocol is "kubernetes.io/h2c" or "h2c" or "grpc" or "http2";
        return new HttpRequestMessage(HttpMethod.Get, new Uri($"{(isSecure ? "https" : "http")}://{_authority}{path}", AsWritten))
        {
            Version = isSecure || isHttp2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11,
            VersionPolicy = isHttp2 ? HttpVersionPolicy.RequestVersionExact : HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    public Task<HttpResponseMessage> SendProbeAsync(HttpRequestMessage request, CancellationToken cancellationToken) => DispatchAsync(request, cancellationToken);

    protected override Action BeginConnect() => static () => { };

    protected override void TellUnreachable(string reason)
    {
    }

    protected override void TellReachable()
    {
    }

    protected override void TellEnded()
    {
    }
}
