using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>Writes down what a watcher brings, and holds the state it amounts to.</summary>
internal sealed class RecordingConsumer : IWatchConsumer<NodeObject>, IWatchObserver
{
    private Dictionary<string, string>? _pending;

    public List<string> Calls { get; } = [];

    public bool KeepsCalls { get; set; } = true;

    public Dictionary<string, string> State { get; private set; } = [];

    public List<WatchFailure> Failures { get; } = [];

    public List<WatchFailure> Resumes { get; } = [];

    public int Count => State.Count;

    public void Init()
    {
        Calls.Add("Init");
        _pending = [];
    }

    public void InitApply(NodeObject item)
    {
        if (KeepsCalls) Calls.Add($"InitApply {item.Name}");
        _pending![item.Name] = item.ResourceVersion;
    }

    public void InitDelete(NodeObject item)
    {
        Calls.Add($"InitDelete {item.Name}");
        _pending!.Remove(item.Name);
    }

    public void InitDone()
    {
        Calls.Add("InitDone");
        State = _pending!;
        _pending = null;
    }

    public void Apply(NodeObject item)
    {
        Calls.Add($"Apply {item.Name}");
        State[item.Name] = item.ResourceVersion;
    }

    public void Delete(NodeObject item)
    {
        Calls.Add($"Delete {item.Name}");
        State.Remove(item.Name);
    }

    public void Skip(ObjectIdentity identity, string reason) => Calls.Add($"Skip {identity}");

    public void Flush(long arrivedAt)
    {
    }

    public void Listing(WatchTarget target, WatchFailure? cause) => Calls.Add($"Listing after {cause?.Kind.ToString() ?? "nothing"}");

    public void Opened(WatchTarget target) => Calls.Add("Opened");

    public void Resuming(WatchFailure failure) => Resumes.Add(failure);

    public void Failed(WatchFailure failure) => Failures.Add(failure);

    public void Event(WatchTarget target, WatchEventType type)
    {
    }
}
