namespace Mesh.Watch;

/// <summary>The times and limits of a watcher.</summary>
internal sealed record WatchTimings
{
    public static WatchTimings Default { get; } = new();

    /// <summary>How long a request may take until its headers, and a list's body between two reads.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The shortest time a watch is asked to last; the longest is twice that.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How much longer than asked for a watch may last (kube-rs uses the same).</summary>
    public TimeSpan IdleMargin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a streaming list may take in all; then an ordinary list is asked for. Between two of its objects: <see cref="RequestTimeout"/>.</summary>
    public TimeSpan InitialEventsTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>A watch that ends sooner than this with nothing in it counts as an error.</summary>
    public TimeSpan ShortestWatch { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause while a permission is missing (the first three are shorter) or there is more than is taken: somebody has to do something about it.</summary>
    public TimeSpan ForbiddenDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest <c>Retry-After</c> that is honoured.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many <c>Retry-After</c> in a row are honoured before the backoff takes over (as client-go).</summary>
    public int MaxRetryAfters { get; init; } = 10;

    /// <summary>The largest object that is read, in bytes as it arrives. etcd holds 1.5 MiB at most.</summary>
    public int MaxObjectBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>How many objects of the type are taken; more are an error of the server. Kubernetes is tested with 150,000 Pods and 10,000 Services.</summary>
    public int MaxObjects { get; init; } = 200_000;

    /// <summary>How many bytes of objects are taken in one state, as they arrive.</summary>
    public long MaxListBytes { get; init; } = 1024 * 1024 * 1024;
}
