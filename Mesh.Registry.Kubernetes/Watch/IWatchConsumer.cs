namespace Mesh.Watch;

/// <summary>
/// Takes what a watcher brings. Between <see cref="Init"/> and <see cref="InitDone"/> a new state is built up; it replaces the old one at
/// <see cref="InitDone"/>, and what is not in it was deleted meanwhile. A second <see cref="Init"/> begins again.
/// </summary>
internal interface IWatchConsumer<in T>
{
    void Init();

    void InitApply(T item);

    void InitDone();

    void Apply(T item);

    void Delete(T item);

    /// <summary>A batch that arrived together is over: publish.</summary>
    /// <param name="arrivedAt">The timestamp of its arrival.</param>
    void Flush(long arrivedAt);
}
