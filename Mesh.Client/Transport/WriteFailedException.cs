namespace Mesh.Transport;

/// <summary>
/// A connection of HTTP/1.1 did not take what was written to it. Whoever serves it may have answered and closed: an answer is read only when all of the request has been written, and an answer that
/// comes before (413 to a body that is too large) is lost with the connection.
/// </summary>
internal sealed class WriteFailedException(IOException failure) : IOException(failure.Message, failure.InnerException)
{
    /// <summary>Whether it was the request itself that could not be written.</summary>
    public static bool IsOfRequest(Exception exception) => exception is WriteFailedException or HttpRequestException { InnerException: WriteFailedException };
}
