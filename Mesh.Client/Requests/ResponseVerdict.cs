using System.Net;

namespace Mesh.Requests;

/// <summary>What a response says of the endpoint that gave it.</summary>
/// <param name="Result">How the try went; <see langword="null"/> while only the trailers will tell.</param>
/// <param name="RetryAfter">What the endpoint asked for, or <see langword="null"/>; <see cref="Timeout.InfiniteTimeSpan"/> where it wants not to be asked again.</param>
internal readonly record struct ResponseVerdict(AttemptResult? Result, TimeSpan? RetryAfter)
{
    /// <summary>Whether another endpoint might do better: a gateway-class failure whose endpoint did not forbid to come again, nor ask for a longer pause than a retry takes.</summary>
    public bool IsWorthRetrying => Result is AttemptResult.Failed or AttemptResult.UpstreamFailed && RetryAfter != Timeout.InfiniteTimeSpan && !(RetryAfter > RetryPause.Longest);

    public static ResponseVerdict Of(EndpointState endpoint, HttpResponseMessage response, TimeProvider timeProvider)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK when GrpcStatus.IsGrpc(response.Content):
                var status = GrpcStatus.Read(endpoint, response.Headers);
                return new ResponseVerdict(status, status is null ? null : GrpcStatus.Pushback(response.Headers));
            case HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout:
                return new ResponseVerdict(FailureOrigin.OfAnswer(endpoint, response), RetryAfterOf(response, timeProvider));
            case HttpStatusCode.TooManyRequests:
                return new ResponseVerdict(AttemptResult.Overloaded, RetryAfterOf(response, timeProvider));
            default:
                return new ResponseVerdict(AttemptResult.Success, null);
        }
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, TimeProvider timeProvider)
    {
        if (response.Headers.RetryAfter is not { } header)
        {
            return null;
        }

        var after = header.Delta ?? header.Date - timeProvider.GetUtcNow();
        return after > TimeSpan.Zero ? after : TimeSpan.Zero;
    }
}
