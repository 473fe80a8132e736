using System.Text;
using Mesh.Simulation;

namespace Mesh;

/// <summary>
/// What can go wrong with a <see cref="SimulatedKubernetesServer"/>, at the turn of a switch. Counted faults strike the next requests and are
/// then over; each call replaces the count before. Requests for <c>/readyz</c>, <c>/version</c> and discovery are not struck. Safe for concurrent use.
/// </summary>
public sealed class SimulatedServerFaults
{
    private readonly FaultPlan _plan;
    private readonly ObjectStore _store;
    private readonly WatchRegistry _watches;
    private readonly IdentityStore _identities;
    private readonly ServerCertificates _certificates;

    internal SimulatedServerFaults(
        FaultPlan plan, ObjectStore store, WatchRegistry watches, IdentityStore identities, ServerCertificates certificates)
    {
        _plan = plan;
        _store = store;
        _watches = watches;
        _identities = identities;
        _certificates = certificates;
    }

    /// <summary>How many watches run now.</summary>
    public int RunningWatches => _watches.Count;

    /// <summary>How long each request waits before it is looked at, by the server's clock. Default: zero.</summary>
    public TimeSpan Latency
    {
        get => _plan.Latency;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            _plan.Latency = value;
        }
    }

    /// <summary>The next requests are answered 429 with <c>Retry-After</c>.</summary>
    /// <param name="retryAfter">Rounded up to whole seconds, at least one.</param>
    /// <param name="requests">How many. Default: one.</param>
    public void Throttle(TimeSpan retryAfter, int requests = 1) => _plan.Answer(
        new ApiStatus(429, "TooManyRequests", "too many requests, please try again later")
        {
            Details = new StatusDetails { RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)) },
        },
        requests);

    /// <summary>The next requests are answered with this status code and a Status body.</summary>
    /// <param name="statusCode">400 to 599.</param>
    /// <param name="requests">How many. Default: one.</param>
    public void Fail(int statusCode, int requests = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(statusCode, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(statusCode, 599);
        var reason = statusCode switch
        {
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "NotFound",
            410 => "Expired",
            500 => "InternalError",
            503 => "ServiceUnavailable",
            504 => "Timeout",
            _ => "",
        };
        _plan.Answer(new ApiStatus(statusCode, reason, "injected fault"), requests);
    }

    /// <summary>The next watches are refused at their start with HTTP 410.</summary>
    public void RefuseWatchStarts(int watches = 1) => _plan.Arm(FaultPoint.GoneWatchStart, watches);

    /// <summary>The next watches start with 200 and then say 410 in an ERROR event.</summary>
    public void ExpireWatchStarts(int watches = 1) => _plan.Arm(FaultPoint.ExpiredWatchStart, watches);

    /// <summary>The next pages asked for with a continue token are answered 410, with a token for an inconsistent continuation.</summary>
    public void ExpireContinueTokens(int pages = 1) => _plan.Arm(FaultPoint.ExpiredContinue, pages);

    /// <summary>Forgets all history: a list at, or a watch from, an earlier resourceVersion is too old. Running watches go on.</summary>
    public void Compact() => _store.Compact();

    /// <summary>Every running watch that asked for bookmarks gets one now.</summary>
    public void SendBookmarks() => _watches.Order(WatchOrder.Bookmark, null);

    /// <summary>Every running watch gets an ERROR event with 410 and ends.</summary>
    /// <param name="resource">Plural name, such as <c>services</c>; <see langword="null"/> for all.</param>
    public void ExpireWatches(string? resource = null) => _watches.Order(WatchOrder.Expire, resource);

    /// <summary>Every running watch ends cleanly, as at its time-out.</summary>
    /// <param name="resource">Plural name; <see langword="null"/> for all.</param>
    public void EndWatches(string? resource = null) => _watches.Order(WatchOrder.End, resource);

    /// <summary>Every running watch is cut: the stream is reset (HTTP/2) or the connection closed (HTTP/1.1).</summary>
    /// <param name="resource">Plural name; <see langword="null"/> for all.</param>
    public void CutWatches(string? resource = null) => _watches.Order(WatchOrder.Cut, resource);

    /// <summary>Every running watch is cut in the middle of an event.</summary>
    /// <param name="resource">Plural name; <see langword="null"/> for all.</param>
    public void TruncateWatches(string? resource = null) => _watches.Order(WatchOrder.Truncate, resource);

    /// <summary>Every running watch receives this text between two events and goes on.</summary>
    /// <param name="text">Anything; it is sent as it is, in UTF-8.</param>
    /// <param name="resource">Plural name; <see langword="null"/> for all.</param>
    public void SendRaw(string text, string? resource = null) => _watches.Order(WatchOrder.Send(Encoding.UTF8.GetBytes(text)), resource);

    /// <summary>
    /// From now on a watch is closed, after the event that it is at, when its client does not read and more changes wait than this: what the real
    /// server's watch cache does with slow clients. The client sees a clean end.
    /// </summary>
    /// <param name="unread">Changes of the watched type, at least 1; whether they match the watch's selector or not.</param>
    public void CloseSlowWatches(int unread)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(unread, 1);
        _plan.UnreadLimit = unread;
    }

    /// <summary>
    /// The connections of the next requests are sent GOAWAY (HTTP/2), or closed after the answer (HTTP/1.1): requests that run on them go on, new
    /// ones need a new connection.
    /// </summary>
    /// <param name="requests">How many. Default: one.</param>
    public void GoAway(int requests = 1) => _plan.Arm(FaultPoint.GoAway, requests);

    /// <summary>Requests are read and not answered, until <see cref="Release"/> or <see cref="Clear"/>.</summary>
    public void Hang() => _plan.Hang(true);

    /// <summary>Ends <see cref="Hang"/>: what was held is answered.</summary>
    public void Release() => _plan.Hang(false);

    /// <summary>Every token given out so far is refused with 401; <see cref="IKubernetesServer.GetKubeconfig"/> gives a new one.</summary>
    public void ExpireTokens() => _identities.ExpireTokens();

    /// <summary>New connections are served a certificate of the right authority for another host.</summary>
    public void ServeWrongHostCertificate() => _certificates.ServeFor(["elsewhere.example"], TestCertificateValidity.Current);

    /// <summary>New connections are served an expired certificate.</summary>
    public void ServeExpiredCertificate() => _certificates.ServeFor(ServerCertificates.OwnNames, TestCertificateValidity.Expired);

    /// <summary>Whether a watch may begin with the present state. Off: 422 as servers without it answer. Default: on.</summary>
    public bool WatchList
    {
        get => _plan.WatchListEnabled;
        set => _plan.WatchListEnabled = value;
    }

    /// <summary>Ends all faults but those that cannot be undone (compaction, expired tokens).</summary>
    public void Clear()
    {
        _plan.Clear();
        _plan.WatchListEnabled = true;
        _certificates.ServeFor(ServerCertificates.OwnNames, TestCertificateValidity.Current);
    }
}
