namespace Mesh.Endpoints;

/// <summary>The transports of one endpoint: mostly one. Each is disposed once.</summary>
internal sealed class TransportSet
{
    /// <summary>
    /// How many there may be. A connect limit tells transports apart, and policies come from sources: one that says another limit every second must not fill the memory. Where there are more, the oldest
    /// goes; what is under way on it ends as it would where the endpoint went, and whoever needs it again makes it again.
    /// </summary>
    public const int Most = 64;

    private readonly Lock _gate = new();

    // Replaced whole, so that a look-up takes no lock.
    private volatile KeyValuePair<object, IEndpointTransport>[] _entries = [];
    private bool _closed;

    public IEndpointTransport GetOrAdd(EndpointState endpoint, object key, Func<EndpointState, object, IEndpointTransport> factory)
    {
        if (Find(key) is { } found)
        {
            return found;
        }

        IEndpointTransport made;
        IEndpointTransport? oldest = null;
        lock (_gate)
        {
            if (Find(key) is { } added)
            {
                return added;
            }

            made = factory(endpoint, key);
            var kept = _entries.AsSpan();
            if (kept.Length >= Most)
            {
                oldest = kept[0].Value;
                kept = kept[1..];
            }

            _entries = [.. kept, new(key, made)];
        }

        oldest?.Dispose();
        return made;
    }

    public void NotifyEjected()
    {
        foreach (var (_, transport) in _entries)
        {
            transport.OnEjected();
        }
    }

    /// <summary>Disposes what there is; what is added later waits for the next call.</summary>
    public void DisposeAll()
    {
        KeyValuePair<object, IEndpointTransport>[] entries;
        lock (_gate)
        {
            entries = _entries;
            _entries = [];
            _closed = true;
        }

        foreach (var (_, transport) in entries)
        {
            transport.Dispose();
        }
    }

    /// <summary>Whether something was added after <see cref="DisposeAll"/>.</summary>
    public bool HasLeftovers => _closed && _entries.Length != 0;

    private IEndpointTransport? Find(object key)
    {
        foreach (var (known, transport) in _entries)
        {
            if (ReferenceEquals(known, key) || known.Equals(key))
            {
                return transport;
            }
        }

        return null;
    }
}
