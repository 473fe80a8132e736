using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Backends;

/// <summary>Ports of loopback that a mesh dials in vain: a connection there ends with its token only. All others are dialled as always.</summary>
internal sealed class BlackHole
{
    private readonly ConcurrentDictionary<int, int> _dials = new();

    /// <summary>How often a port was dialled.</summary>
    public int this[int port] => _dials.GetValueOrDefault(port);

    public int Dials => _dials.Values.Sum();

    /// <summary>Lets a port swallow connections from now on.</summary>
    public int Add(int port)
    {
        _dials[port] = 0;
        return port;
    }

    /// <summary>Dials the port as always from now on.</summary>
    public void Remove(int port) => _dials.TryRemove(port, out _);

    public void AddTo(IServiceCollection services) => services.Configure<MeshTransportOptions>(o => o.Dial = DialAsync);

    private async ValueTask<Stream> DialAsync(EndpointState endpoint, CancellationToken cancellationToken)
    {
        if (_dials.ContainsKey(endpoint.Port))
        {
            _dials.AddOrUpdate(endpoint.Port, 1, static (_, dials) => dials + 1);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        return await Loopback.DialAsync(endpoint.Port, cancellationToken);
    }
}
