namespace Mesh.Transport;

/// <summary>
/// No connection to an endpoint was made, so nothing was sent. Thrown through the endpoint's handler, which wraps it; found again by <see cref="Find"/>. gRPC makes
/// Unavailable of it, as of every <see cref="IOException"/>.
/// </summary>
internal sealed class ConnectFailedException(string message, Exception inner) : IOException(message, inner)
{
    /// <summary>Whether no connection failed: the request was freed from its wait, since the endpoint was ejected for something else, and may come back where nobody else is left.</summary>
    public bool IsFreed { get; init; }

    /// <summary>The connect failure in the chain of an exception, or <see langword="null"/>: then the request may have been sent.</summary>
    public static ConnectFailedException? Find(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is ConnectFailedException found)
            {
                return found;
            }
        }

        return null;
    }
}
