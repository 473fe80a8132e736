using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>
/// Takes what a watcher brings. Between <see cref="Init"/> and <see cref="InitDone"/> a new state is built up; it replaces the old one at
/// <see cref="InitDone"/>, and what is not in it was deleted meanwhile. A second <see cref="Init"/> begins again.
/// </summary>
internal interface IWatchConsumer<in T>
{
    /// <summary>How many objects it knows of: those it holds and those that were left out.</summary>
    int Count { get; }

    void Init();

    void InitApply(T item);

    /// <summary>An object was deleted while the new state was still arriving.</summary>
    void InitDelete(T item);

    void InitDone();

    void Apply(T item);

    void Delete(T item);

    /// <summary>An object was left out, because it is too large or malformed: what was known of it stays.</summary>
    void Skip(ObjectIdentity identity, string reason);

    /// <summary>A batch that arrived together is over: publish.</summary>
    /// <param name="arrivedAt">The timestamp of its arrival.</param>
    void Flush(long arrivedAt);
}
