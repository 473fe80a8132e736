namespace Mesh.Requests;

/// <summary>
/// Whether a server said that it has not begun to process a request, so that it is safe to send it elsewhere whatever its method (RFC 9113, 8.7): its stream was refused, or a GOAWAY left it out.
/// </summary>
internal static class UnprocessedRequest
{
    // RFC 9113, 7.
    private const long RefusedStream = 7;

    private static readonly Lazy<string> CopyFailure = new(CopyInVain);

    /// <summary>
    /// Whether this is how the HTTP handler tells it. Of a GOAWAY it says the same whether the request was left out or not, but that it has sent a request again that was left out, each time until it
    /// gave up: then it says so in words of its own around the server's, and else repeats these.
    /// </summary>
    public static bool Is(Exception exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.HttpProtocolError, InnerException: HttpProtocolException said }
        && (said.ErrorCode == RefusedStream || (exception.Message != said.Message && exception.Message != CopyFailure.Value));

    // The words for a body that could not be written, which may stand around the server's too: read from the framework, since an application may leave its messages out.
    private static string CopyInVain()
    {
        using var content = new ByteArrayContent([0]);
        var closed = new MemoryStream();
        closed.Dispose();
        try
        {
            content.CopyTo(closed, null, CancellationToken.None);
            return "";
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }
}
