using System.Collections;
using System.Net.Http.Json;

namespace Mesh.Requests;

/// <summary>Which requests may be sent a second time.</summary>
internal static class RetryRules
{
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

        if (IsFromMemory(content))
        {
            return true;
        }

        var type = content.GetType();
        if (type == typeof(StreamContent))
        {
            return CanSeek(content);
        }

        return content is MultipartContent parts && (type == typeof(MultipartContent) || type == typeof(MultipartFormDataContent)) && parts.All(IsReplayable);
    }

    /// <summary>Whether the body is one from memory: it cannot fail by itself, and may be written to two connections at once.</summary>
    public static bool IsFromMemory(HttpContent content)
    {
        var type = content.GetType();
        return type == typeof(ByteArrayContent) || type == typeof(StringContent) || type == typeof(FormUrlEncodedContent) || type == typeof(ReadOnlyMemoryContent)
            || (content is JsonContent json && !IsSequence(json));
    }

    /// <summary>Whether the body should be read into memory before it is sent: a small one of known length that could not be written again otherwise.</summary>
    public static bool IsWorthBuffering(HttpContent content, EffectivePolicy policy) =>
        content is StreamContent && policy.MaxBufferedBody > 0 && !IsReplayable(content) && content.Headers.ContentLength is { } length && length <= policy.MaxBufferedBody;

    /// <summary>
    /// Whether somebody has to watch the body while it is sent: it may fail by itself, or is kept. gRPC's never fail so, and are watched only where a call may be sent again: they are the usual
    /// request of whoever has them.
    /// </summary>
    public static bool IsWatched(HttpContent content, bool isKept) => !IsFromMemory(content) && (isKept || !GrpcStatus.IsGrpc(content));

    // JSON whose items come while it is written, from an iterator, a reader or a channel: they may come once only, and fail.
    private static bool IsSequence(JsonContent json) =>
        json.Value is (IEnumerable and not (string or ICollection)) or IAsyncEnumerable<object?>
        || (json.ObjectType.IsGenericType && json.ObjectType.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>));

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
