using System.Collections.Concurrent;

namespace Mesh.Transport;

/// <summary>
/// One client's transport settings with the connect limits of the services that it calls: made once for each limit, since they are asked for with every try.
/// </summary>
/// <param name="settings">The client's.</param>
internal sealed class ConnectLimits(TransportSettings settings)
{
    /// <summary>How many are kept. A policy that changes its limit all the time is no reason to keep more.</summary>
    internal const int Capacity = 64;

    private readonly ConcurrentDictionary<TimeSpan, TransportSettings> _made = new();
    private readonly TransportSettings _settings = settings;
    private volatile TransportSettings _last = settings;

    /// <summary>The settings with this connect limit.</summary>
    public TransportSettings With(TimeSpan connectTimeout)
    {
        var last = _last;
        return last.ConnectTimeout == connectTimeout ? last : _last = Find(connectTimeout);
    }

    private TransportSettings Find(TimeSpan connectTimeout)
    {
        if (_made.TryGetValue(connectTimeout, out var made))
        {
            return made;
        }

        if (_made.Count >= Capacity)
        {
            _made.Clear();
        }

        return _made.GetOrAdd(connectTimeout, static (time, from) => from.With(time), _settings);
    }
}
