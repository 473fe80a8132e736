using System.Globalization;
using System.Net.Http.Headers;

namespace Mesh.Requests;

/// <summary>What gRPC says of a call beside its HTTP status, which is nearly always 200.</summary>
internal static class GrpcStatus
{
    private const int ResourceExhausted = 8;
    private const int Unavailable = 14;

    public static bool IsGrpc(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type) && type.ToString().StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);

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

    /// <summary>The server's pushback (gRPC proposal A6): how long not to come again; a negative or unreadable one means never, told as the longest.</summary>
    public static TimeSpan? Pushback(HttpHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("grpc-retry-pushback-ms", out var value))
        {
            return null;
        }

        return long.TryParse(value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ms) && ms is >= 0 and < 300_000
            ? TimeSpan.FromMilliseconds(ms)
            : TimeSpan.FromSeconds(300);
    }
}
