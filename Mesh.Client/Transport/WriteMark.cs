using System.Net.Http.Headers;

namespace Mesh.Transport;

/// <summary>
/// Whether anything of one try was written to a connection, and to which. The HTTP handler sends a request again by itself where a kept connection closes before the answer; if no new connection can be
/// made then, the failure looks as if nothing had been sent, and if there is one, the request runs twice. A request that must not run twice carries this along its asynchronous flow, and the connection
/// that it is written to sets it.
/// </summary>
/// <param name="request">What is sent.</param>
internal sealed class WriteMark(HttpRequestMessage request)
{
    private static readonly AsyncLocal<WriteMark?> Flowing = new();

    // A body that has begun the handler does not send again, and without it (Expect: 100-continue) nothing runs.
    private readonly HttpRequestMessage? _guarded = request.Content is null ? request : null;
    private volatile Stream? _connection;
    private volatile bool _wasRefused;
    private AuthenticationHeaderValue? _credentials;

    /// <summary>Whether something was written.</summary>
    public bool IsSet => _connection is not null;

    /// <summary>Whether a second connection was about to get what the first one has.</summary>
    public bool WasRefused => _wasRefused;

    /// <summary>Lets it flow with what is awaited from now on in the calling async method.</summary>
    public void Flow() => Flowing.Value = this;

    /// <summary>Something is about to be written in the flow of a request; nothing happens where that carries no mark.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="isOnlyOne">Whether no other may get it: over HTTP/2 the handler sends again only what the server says that it has not begun with.</param>
    /// <exception cref="IOException">Another connection has it already.</exception>
    public static void Set(Stream connection, bool isOnlyOne) => Flowing.Value?.SetOn(connection, isOnlyOne);

    private void SetOn(Stream connection, bool isOnlyOne)
    {
        if (ReferenceEquals(_connection, connection))
        {
            return;
        }

        if (_guarded is not null && isOnlyOne)
        {
            // With other credentials it is the answer to a 401: the first has not run.
            var credentials = _guarded.Headers.Authorization;
            if (_connection is not null && Equals(credentials, _credentials))
            {
                _wasRefused = true;
                throw new IOException("The request was already written to a connection that closed before the answer.");
            }

            _credentials = credentials;
        }

        _connection = connection;
    }
}
