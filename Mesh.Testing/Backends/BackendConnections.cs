using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Mesh.Backends;

/// <summary>The open connections of one backend.</summary>
internal sealed class BackendConnections
{
    private readonly ConcurrentDictionary<ConnectionContext, byte> _open = new();
    private volatile bool _reset;

    public int Count => _open.Count;

    /// <summary>A connection's way through: it is in the books as long as it lives.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        _open.TryAdd(connection, 0);
        try
        {
            // It may have been accepted while Reset was looking.
            if (_reset) Abort(connection);
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _open.TryRemove(connection, out _);
        }
    }

    /// <summary>Resets every connection, those that still come included.</summary>
    public void Reset()
    {
        _reset = true;
        foreach (var (connection, _) in _open) Abort(connection);
    }

    private static void Abort(ConnectionContext connection) => connection.Abort(new ConnectionAbortedException("The backend was killed."));
}
