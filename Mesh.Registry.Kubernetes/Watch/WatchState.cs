namespace Mesh.Watch;

/// <summary>
/// Where a watcher stands; each state carries exactly what is legal in it. <c>Empty → Listing (a page each) → Watching → Following → …</c>, or
/// <c>Empty → Starting → Streaming → Following → …</c> where the server streams its state (WatchList), with <see cref="Retrying"/> before whatever follows an error
/// and <see cref="Probing"/> before a watch is resumed after a loss.
/// </summary>
internal abstract record WatchState
{
    private WatchState()
    {
    }

    /// <summary>Gives up what the state holds, where no further step follows.</summary>
    public virtual ValueTask LeaveAsync() => default;

    /// <summary>Nothing is read yet, or it must be read anew.</summary>
    /// <param name="ResourceVersion"><c>0</c> = any, from the server's cache; a version = not older; empty = the newest there is.</param>
    /// <param name="Unpaged">Whether everything is asked for at once: a continue token has expired.</param>
    internal sealed record Empty(string ResourceVersion, bool Unpaged = false) : WatchState
    {
        public static Empty First { get; } = new("0");

        /// <summary>Whether a list is to be asked for this time, and no stream.</summary>
        public bool ByList { get; init; }
    }

    /// <summary>The state is to be streamed.</summary>
    /// <param name="ResourceVersion">As in <see cref="Empty"/>.</param>
    internal sealed record Starting(string ResourceVersion) : WatchState;

    /// <summary>The state arrives object by object, until the bookmark that ends it.</summary>
    /// <param name="ResourceVersion">As in <see cref="Empty"/>.</param>
    /// <param name="Stream">The open watch.</param>
    internal sealed record Streaming(string ResourceVersion, OpenWatch Stream) : WatchState
    {
        public override ValueTask LeaveAsync() => Stream.DisposeAsync();
    }

    /// <summary>Reading pages.</summary>
    /// <param name="ResourceVersion">As in <see cref="Empty"/>.</param>
    /// <param name="Continue">The next page's token; <see langword="null"/> for the first.</param>
    /// <param name="Limit">The page size asked for; <see langword="null"/> = all at once.</param>
    internal sealed record Listing(string ResourceVersion, string? Continue, int? Limit) : WatchState;

    /// <summary>Everything up to a version is read; the watch from there is to be opened.</summary>
    /// <param name="ResourceVersion">Never empty: a watch without one would begin anywhere.</param>
    internal sealed record Watching(string ResourceVersion) : WatchState;

    /// <summary>The connection was lost: whether the server still has what was seen is to be asked before the watch is resumed.</summary>
    /// <param name="ResourceVersion">That of the last event or bookmark.</param>
    internal sealed record Probing(string ResourceVersion) : WatchState;

    /// <summary>Changes arrive.</summary>
    /// <param name="ResourceVersion">That of the last event or bookmark.</param>
    /// <param name="Stream">The open watch.</param>
    internal sealed record Following(string ResourceVersion, OpenWatch Stream) : WatchState
    {
        public override ValueTask LeaveAsync() => Stream.DisposeAsync();
    }

    /// <summary>An error is being waited out.</summary>
    /// <param name="Delay">How long.</param>
    /// <param name="Next">What follows.</param>
    /// <param name="Cause">The error.</param>
    internal sealed record Retrying(TimeSpan Delay, WatchState Next, WatchFailure Cause) : WatchState
    {
        /// <summary>Whether the stream alone was disturbed and is resumed without a pause: no news of how the cluster fares, unless that fails too.</summary>
        public bool Resumes { get; init; }
    }
}
