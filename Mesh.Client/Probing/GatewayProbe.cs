using Mesh.Gateways;
using Mesh.Transport;

namespace Mesh.Probing;

/// <summary>
/// Probes of a gateway's own health, with its handshake: <c>GET /ready</c> by its own authority, and no service named. Its failures are the probe's alone.
/// </summary>
internal sealed class GatewayProbe : GatewayPool, IProbeTransport
{
    private readonly TimeSpan _timeout;

    public GatewayProbe(EndpointState gateway, GatewayKey key, TimeSpan timeout, IdentityFiles identity, TransportContext context)
        : base(key, identity, context)
    {
        _timeout = timeout;
        Add(gateway);
    }

    public HttpRequestMessage CreateRequest(string? path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"https://{Authority}{WireHeaders.HealthPath}") { Version = System.Net.HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Options.Set(GatewayRequest.ConnectTimeout, _timeout);
        return request;
    }

    public Task<HttpResponseMessage> SendProbeAsync(HttpRequestMessage request, CancellationToken cancellationToken) => DispatchAsync(request, cancellationToken);

    public void OnEjected() => FreeWaiting();

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
