namespace Mesh.Watch;

/// <summary>What follows an error: which state, after which pause. All rules in one place.</summary>
internal sealed class RetryRules(WatchBackoff backoff, WatchTimings timings)
{
    // The first pauses after a 403: a sixty-fourth, a sixteenth and a quarter of the longest.
    private const int EarlyForbidden = 3;
    private const int ForbiddenGrowth = 4;

    private int _retryAfters;
    private int _forbidden;
    private string? _listFailedAt;
    private string? _watchFailedAt;

    /// <summary>Says that a request was answered.</summary>
    public void Answered() => _retryAfters = _forbidden = 0;

    /// <summary>After an error while listing.</summary>
    public WatchState AfterList(WatchState.Listing listing, WatchFailure failure)
    {
        WatchState next = failure.Kind switch
        {
            // An expired continue token offers an inconsistent rest of the list; one whole list is consistent (client-go does the same).
            WatchFailureKind.Expired when listing.Continue is not null => new WatchState.Empty("", Unpaged: true),
            WatchFailureKind.Expired or WatchFailureKind.TooLarge => new WatchState.Empty(""),

            // The server does not take the version itself: asking for it again would loop.
            WatchFailureKind.Status when failure.StatusCode is 400 or 422 && listing.ResourceVersion.Length > 0 => new WatchState.Empty(""),
            _ when listing.ResourceVersion.Length > 0 && FailsAgain(ref _listFailedAt, listing.ResourceVersion, failure) => new WatchState.Empty(""),
            _ => new WatchState.Empty(listing.ResourceVersion, Unpaged: listing.Limit is null && listing.ResourceVersion.Length == 0),
        };
        return Retry(failure, next);
    }

    /// <summary>After an error while the state was to be streamed: what is odd there is asked for by a list, which no server does without.</summary>
    public WatchState AfterStream(string resourceVersion, WatchFailure failure) => failure.Kind switch
    {
        WatchFailureKind.Expired or WatchFailureKind.TooLarge => Retry(failure, new WatchState.Empty("")),
        WatchFailureKind.Malformed or WatchFailureKind.EndedAtOnce or WatchFailureKind.Idle =>
            new WatchState.Retrying(TimeSpan.Zero, new WatchState.Empty(resourceVersion) { ByList = true }, failure) { Resumes = true },
        WatchFailureKind.Status => Retry(failure, new WatchState.Empty(resourceVersion) { ByList = true }),
        _ => Retry(failure, new WatchState.Empty(resourceVersion)),
    };

    /// <summary>What follows a pause: where a connection was lost, its server may have come back without what was seen, and a watch alone would not say so.</summary>
    public static WatchState AfterPause(WatchState.Retrying retrying) => retrying switch
    {
        { Next: WatchState.Watching watching, Cause: { Kind: WatchFailureKind.Unreachable or WatchFailureKind.Idle } or { StatusCode: 502 or 503 or 504 } } =>
            new WatchState.Probing(watching.ResourceVersion),
        _ => retrying.Next,
    };

    /// <summary>After an error while opening a watch or in an open one.</summary>
    public WatchState AfterWatch(string resourceVersion, WatchFailure failure)
    {
        WatchState next = failure.Kind switch
        {
            // A list not older than what is known comes from the server's cache; should that be refused too, the next asks for the newest.
            WatchFailureKind.Expired => new WatchState.Empty(resourceVersion),
            WatchFailureKind.TooLarge => new WatchState.Empty(""),

            // What is held is not all, so only a whole state helps, should it be smaller one day.
            WatchFailureKind.TooMany => new WatchState.Empty(resourceVersion),

            // The server does not take the version itself: asking for it again would loop.
            WatchFailureKind.Status when failure.StatusCode is 400 or 422 => new WatchState.Empty(""),
            _ when FailsAgain(ref _watchFailedAt, resourceVersion, failure) => new WatchState.Empty(resourceVersion),
            _ => new WatchState.Watching(resourceVersion),
        };
        return failure.Kind is WatchFailureKind.Malformed or WatchFailureKind.Expired && failure.RetryAfter is null && backoff.TryAtOnce()
            ? new WatchState.Retrying(TimeSpan.Zero, next, failure) { Resumes = true }
            : Retry(failure, next);
    }

    // Servers answer 500 to a version they cannot read, and to one after which they cannot send, and a stream may break at the same event each time:
    // what fails so twice at a version fails there for ever.
    private static bool FailsAgain(ref string? failedAt, string resourceVersion, WatchFailure failure)
    {
        if (failure is not ({ Kind: WatchFailureKind.Status, StatusCode: 500 or 0 } or { Kind: WatchFailureKind.Malformed, Verb: "watch" })) return false;
        var again = failedAt == resourceVersion;
        failedAt = resourceVersion;
        return again;
    }

    private WatchState.Retrying Retry(WatchFailure failure, WatchState next)
    {
        if (failure.Kind == WatchFailureKind.TooMany) return new WatchState.Retrying(backoff.About(timings.ForbiddenDelay), next, failure);
        if (failure.Kind == WatchFailureKind.Forbidden) return new WatchState.Retrying(backoff.About(NextForbidden()), next, failure);
        if (failure.RetryAfter is { } asked && ++_retryAfters <= timings.MaxRetryAfters)
        {
            var wait = asked < timings.MaxRetryAfter ? asked : timings.MaxRetryAfter;
            return new WatchState.Retrying(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, next, failure);
        }

        return new WatchState.Retrying(backoff.Next(), next, failure);
    }

    // An API server that starts refuses everybody until it has read its roles, a second later; a permission that is missing takes somebody to grant it.
    private TimeSpan NextForbidden()
    {
        var longest = timings.ForbiddenDelay;
        for (var i = _forbidden; i < EarlyForbidden; i++) longest /= ForbiddenGrowth;
        if (_forbidden < EarlyForbidden) _forbidden++;
        return longest;
    }
}
