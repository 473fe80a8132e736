using System.Buffers;
using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>Turns the server's refusals into failures.</summary>
internal static class WatchAnswer
{
    private const int MaxErrorBody = 64 * 1024;

    /// <summary>Reads an answer that is not a success.</summary>
    public static async ValueTask<WatchFailure> ReadAsync(string verb, WatchTarget target, TransportResponse response, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxErrorBody);
        try
        {
            var length = await response.Body.ReadAtLeastAsync(buffer.AsMemory(0, MaxErrorBody), MaxErrorBody, throwOnEndOfStream: false, cancellationToken)
                .ConfigureAwait(false);
            var status = StatusObject.TryDecode(buffer.AsSpan(0, length));
            return Of(verb, target, response.StatusCode, status, response.RetryAfter);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What an error inside a stream (HTTP 200, event ERROR) says.</summary>
    public static WatchFailure Of(WatchTarget target, StatusObject? status) => Of("watch", target, status?.Code ?? 0, status, null);

    private static WatchFailure Of(string verb, WatchTarget target, int code, StatusObject? status, TimeSpan? retryAfter)
    {
        var kind = code switch
        {
            401 => WatchFailureKind.Unauthorized,
            403 => WatchFailureKind.Forbidden,
            410 => WatchFailureKind.Expired,
            429 => WatchFailureKind.Overloaded,
            _ when status is { IsVersionTooLarge: true } => WatchFailureKind.TooLarge,
            _ when status is { Reason: "Expired" or "Gone" } => WatchFailureKind.Expired,
            503 when retryAfter is not null => WatchFailureKind.Overloaded,
            _ => WatchFailureKind.Status,
        };
        var message = code is >= 300 and < 400 ? $"HTTP {code}: it sends elsewhere, which is not followed with these credentials" : Shown(status?.Message, code);
        return new WatchFailure(kind, verb, target, message)
        {
            StatusCode = code,
            RefusesStreamedList = status?.RefusesStreamedList ?? false,
            RetryAfter = retryAfter ?? (status?.RetryAfterSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null),
        };
    }

    // The server's words go into logs: no control characters, no novels.
    private static string Shown(string? message, int code)
    {
        if (string.IsNullOrEmpty(message)) return $"HTTP {code}";
        var shown = message.Length > 300 ? string.Concat(message.AsSpan(0, 300), "…") : message;
        return string.Concat(shown.Select(static c => char.IsControl(c) ? ' ' : c));
    }
}
