using Mesh.Transport;

namespace Mesh.Gateways;

/// <summary>Carries the requests of one service to a gateway, over connections that it shares with other services.</summary>
internal sealed class GatewayTransport : IRequestTransport
{
    private readonly EndpointState _gateway;
    private readonly GatewayPools _pools;
    private readonly GatewayPool _pool;
    private readonly TimeSpan _connectTimeout;
    private readonly string _authority;
    private int _disposed;

    public GatewayTransport(EndpointState gateway, TransportSettings settings, GatewayPools pools)
    {
        _gateway = gateway;
        _pools = pools;
        _pool = pools.Hold(gateway, settings);
        _connectTimeout = settings.ConnectTimeout;
        _authority = _pool.Authority;
    }

    public ConnectionCount Connections => _pool.Connections;

    public Task<HttpResponseMessage> DispatchAsync(HttpRequestMessage request, TimeSpan left, CancellationToken cancellationToken) =>
        AnswerAsync(request, _pool.DispatchAsync(ToWire(request, left), cancellationToken));

    public Task<HttpResponseMessage> DispatchOnceAsync(HttpRequestMessage request, TimeSpan left, CancellationToken cancellationToken) =>
        AnswerAsync(request, _pool.DispatchOnceAsync(ToWire(request, left), cancellationToken));

    public void OnEjected() => _pool.FreeWaiting();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _pools.Release(_pool, _gateway);
        }
    }

    private static async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, Task<HttpResponseMessage> sending)
    {
        var response = await sending.ConfigureAwait(false);
        response.RequestMessage = request;
        return response;
    }

    private HttpRequestMessage ToWire(HttpRequestMessage request, TimeSpan left)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        var wire = GatewayRequest.Create(request, _gateway, _authority, _pools.From, left);
        wire.Options.Set(GatewayRequest.ConnectTimeout, _connectTimeout);
        return wire;
    }
}
