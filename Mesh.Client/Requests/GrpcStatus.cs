using System.Globalization;
using System.Net.Http.Headers;

namespace Mesh.Requests;

/// <summary>What gRPC says of a call beside its HTTP status, which is nearly always 200.</summary>
internal static class GrpcStatus
{
    private const int ResourceExhausted = 8;
    private const int Unavailable = 14;
    private const int LongestPushback = 300_000;

    public static bool IsGrpc(HttpContent content) =>
        content.Headers.NonValidated.TryGetValues("Content-Type", out var type) && type.ToString().StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);

    /// <summary>The status in these headers or trailers of an endpoint's answer, or <see langword="null"/>.</summary>
    public static AttemptResult? Read(EndpointState endpoint, HttpHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("grpc-status", out var value) || !int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return null;
        }

        return status switch
        {
            Unavailable => FailureOrigin.OfGrpc(endpoint, headers),
            ResourceExhausted => AttemptResult.Overloaded,
            _ => AttemptResult.Success,
        };
    }

    /// <summary>
    /// The server's pushback (gRPC proposal A6): how long not to come again, at most 300 s; <see cref="Timeout.InfiniteTimeSpan"/> where it is negative or unreadable, which means never. That
    /// speaks of the call alone: the endpoint is avoided as after any failure, not for longer.
    /// </summary>
    public static TimeSpan? Pushback(HttpHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("grpc-retry-pushback-ms", out var value))
        {
            return null;
        }

        var text = value.ToString();
        return text.Length == 0 || text.Any(static c => !char.IsAsciiDigit(c)) ? Timeout.InfiniteTimeSpan
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms < LongestPushback ? TimeSpan.FromMilliseconds(ms)
            : TimeSpan.FromMilliseconds(LongestPushback);
    }
}
