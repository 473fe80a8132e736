using System.Net.Http.Json;

namespace Mesh.Requests;

/// <summary>Which requests may be sent a second time.</summary>
internal static class RetryRules
{
    /// <summary>The largest body of a kind that cannot be read twice which is kept in memory so that it can.</summary>
    public const int BufferLimit = 64 * 1024;

    /// <summary>RFC 9110, 9.2.2: sending it twice means the same as sending it once.</summary>
    public static bool IsIdempotent(HttpMethod method) =>
        method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Put || method == HttpMethod.Delete || method == HttpMethod.Options || method == HttpMethod.Trace;

    /// <summary>
    /// Whether the body can be written again: none, one from memory, or a stream that can seek. Types derived from these are not trusted, except the framework's own, since they
    /// may write something else.
    /// </summary>
    public static bool IsReplayable(HttpContent? content)
    {
        if (content is null)
        {
            return true;
        }

        var type = content.GetType();
        if (type == typeof(ByteArrayContent) || type == typeof(StringContent) || type == typeof(FormUrlEncodedContent) || type == typeof(ReadOnlyMemoryContent) || type == typeof(JsonContent))
        {
            return true;
        }

        if (type == typeof(StreamContent))
        {
            return CanSeek(content);
        }

        return content is MultipartContent parts && (type == typeof(MultipartContent) || type == typeof(MultipartFormDataContent)) && parts.All(IsReplayable);
    }

    /// <summary>Whether the body should be read into memory before it is sent: a small one of known length that could not be written again otherwise.</summary>
    public static bool IsWorthBuffering(HttpContent? content) =>
        content is StreamContent && !IsReplayable(content) && content.Headers.ContentLength is <= BufferLimit;

    private static bool CanSeek(HttpContent content)
    {
        try
        {
            return content.ReadAsStream().CanSeek;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or NotSupportedException or ObjectDisposedException)
        {
            return false;
        }
    }
}
