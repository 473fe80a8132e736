using Mesh.Transport;

namespace Mesh.Requests;

/// <summary>How one try went that was not simply answered. Whoever makes it has reported and released the endpoint.</summary>
internal readonly struct TryOutcome
{
    private TryOutcome(EndpointState endpoint, HttpResponseMessage? response, Exception? exception, bool wasSent, TimeSpan? retryAfter = null, bool wasFreed = false, bool wasRefused = false, bool isCallers = false)
    {
        IsCallers = isCallers;
        WasFreed = wasFreed;
        WasRefused = wasRefused;
        RetryAfter = retryAfter;
        Endpoint = endpoint;
        Response = response;
        Exception = exception;
        WasSent = wasSent;
    }

    public EndpointState Endpoint { get; }

    /// <summary>The answer, where it is one that another endpoint might better (503).</summary>
    public HttpResponseMessage? Response { get; }

    public Exception? Exception { get; }

    /// <summary>Whether the endpoint may have seen the request. Where not, the next try is a mere re-pick.</summary>
    public bool WasSent { get; }

    /// <summary>Whether it was freed from waiting for a connection, and none had failed: it has not tried the endpoint.</summary>
    public bool WasFreed { get; }

    /// <summary>
    /// Whether the endpoint said that it has not begun to process it (RFC 9113, 8.7): as if it had not been sent, but for what was read of its body.
    /// </summary>
    public bool WasRefused { get; }

    /// <summary>Whether the request itself cannot be sent: its own exception is the answer, and another endpoint would get no further.</summary>
    public bool IsCallers { get; }

    /// <summary>The pause that the endpoint asked for, where it is one that a retry keeps.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The endpoint gave an answer that is worth a retry; its body releases it.</summary>
    public static TryOutcome Answered(EndpointState endpoint, HttpResponseMessage response, TimeSpan? retryAfter) => new(endpoint, response, null, wasSent: true, retryAfter);

    /// <summary>The try failed: reports and releases the endpoint.</summary>
    /// <param name="lease">The try.</param>
    /// <param name="exception">How it failed.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <param name="content">The request's body as it was sent.</param>
    /// <param name="hadConnection">Whether there was a connection to send it on, as far as is known.</param>
    /// <param name="wasCallersTime">Whether the time that the caller has for it ran out, and not what the policy gives an endpoint.</param>
    public static TryOutcome Failed(
        in EndpointLease lease, Exception exception, CancellationToken cancellationToken, HttpContent? content = null, bool hadConnection = true, bool wasCallersTime = false)
    {
        var endpoint = lease.Endpoint;
        var body = content as WatchedBody;
        var wasRefused = UnprocessedRequest.Is(exception);
        var isCallers = exception is HttpRequestException refused && CannotBeWritten(refused);
        var (result, wasSent) = exception switch
        {
            _ when cancellationToken.IsCancellationRequested => (AttemptResult.Cancelled, true),
            // Only what the connection did counts.
            _ when body is { HasFailed: true } => (AttemptResult.Cancelled, true),
            // It waited for the caller and not for the endpoint.
            OperationCanceledException when body is { IsAwaited: true } => (AttemptResult.Cancelled, true),
            // The endpoint went between the pick and the sending.
            ObjectDisposedException when endpoint.IsRetired => (AttemptResult.Cancelled, false),
            // One lost connection fails all who wait for it: whoever made it has told the endpoint.
            _ when ConnectFailedException.Find(exception) is not null => (AttemptResult.Cancelled, false),
            // Its time ran out before a connection was ready; how the connection ends, whoever makes it will tell.
            OperationCanceledException when !hadConnection => (AttemptResult.Cancelled, false),
            // Whoever asks for an answer within a millisecond learns nothing of the endpoint when none comes.
            OperationCanceledException when wasCallersTime => (AttemptResult.Cancelled, true),
            // It lives, and takes no more for now.
            _ when wasRefused => (AttemptResult.Overloaded, false),
            // What the caller asked for does not fit, or its own credentials: no endpoint is to blame.
            HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError or HttpRequestError.UserAuthenticationError } => (AttemptResult.Cancelled, true),
            _ when isCallers => (AttemptResult.Cancelled, true),
            // Perhaps it answered that the body is too large, and closed. One that is dead fails the next connection.
            _ when content is not null && WriteFailedException.IsOfRequest(exception) => (AttemptResult.Cancelled, true),
            OperationCanceledException or HttpRequestException or IOException => (AttemptResult.Failed, true),
            // The request itself is at fault: a body that cannot be read, a URL without a host.
            _ => (AttemptResult.Cancelled, true),
        };
        lease.Report(new AttemptOutcome(result));
        lease.Release();
        return new TryOutcome(endpoint, null, exception, wasSent, wasFreed: !wasSent && ConnectFailedException.Find(exception) is { IsFreed: true }, wasRefused: wasRefused && !wasSent, isCallers: isCallers);
    }

    // What the HTTP handler finds wrong with a request it says itself: a header that is not ASCII, a body of another length than announced, chunks of nothing. What a connection did has a cause inside.
    private static bool CannotBeWritten(HttpRequestException exception) =>
        exception.HttpRequestError == HttpRequestError.Unknown && exception.InnerException is null or InvalidOperationException;
}
