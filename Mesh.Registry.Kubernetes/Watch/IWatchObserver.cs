using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>Is told how a watcher fares.</summary>
internal interface IWatchObserver
{
    /// <summary>A list begins.</summary>
    /// <param name="target">Of what.</param>
    /// <param name="cause">Why it is not the first one, or <see langword="null"/>.</param>
    void Listing(WatchTarget target, WatchFailure? cause);

    /// <summary>Changes arrive from now on.</summary>
    void Opened(WatchTarget target);

    /// <summary>A stream was disturbed and is resumed at once: should that fail, <see cref="Failed"/> says so.</summary>
    void Resuming(WatchFailure failure);

    /// <summary>Changes no longer arrive, and do not before a pause is over.</summary>
    void Failed(WatchFailure failure);

    /// <summary>Everything up to a version was handed to the consumer.</summary>
    void Reached(WatchTarget target, string resourceVersion)
    {
    }

    /// <summary>An event arrived.</summary>
    void Event(WatchTarget target, WatchEventType type);
}
