using System.Collections.Concurrent;
using System.Globalization;

namespace Mesh.FaultRuns;

/// <summary>
/// Looks at each state of a service that the catalog tells of: whether the API ever had it, and whether it is not older than the one before. A slice that was seen to be gone
/// must not come back as it was.
/// </summary>
internal sealed class CatalogWitness : IDisposable
{
    private readonly SliceWriter _writer;
    private readonly Dictionary<string, int> _ports = [];
    private readonly Dictionary<(string Service, string Slice), (int Number, bool IsGone)> _seen = [];
    private readonly IDisposable _subscription;
    private int _looks;

    public CatalogWitness(MeshCatalog catalog, SliceWriter writer)
    {
        _writer = writer;
        _subscription = catalog.Subscribe(Look);
    }

    public ConcurrentQueue<string> Wrongs { get; } = new();

    /// <summary>How many states it has looked at.</summary>
    public int Looks => Volatile.Read(ref _looks);

    public void Dispose() => _subscription.Dispose();

    // Told by one task, batch after batch.
    private void Look(IReadOnlyCollection<ServiceCell> cells)
    {
        foreach (var cell in cells)
        {
            if (cell.Name.Namespace == SliceWriter.Namespace && cell.Current is { } snapshot) Look(snapshot);
        }
    }

    private void Look(ServiceSnapshot snapshot)
    {
        Interlocked.Increment(ref _looks);
        var service = snapshot.Name.Name;
        if (snapshot.Contributions.Length != 1) Wrong($"{service} has {snapshot.Contributions.Length} contributions");
        var contribution = snapshot.Contributions[0].Service;
        LookAtPort(service, contribution.Ports.IsEmpty ? 0 : contribution.Ports[0].Port);
        HashSet<string> there = [];
        foreach (var segment in contribution.Segments)
        {
            if (!there.Add(segment.Slice)) Wrong($"{service} has the slice {segment.Slice} twice");
            LookAt(service, segment);
        }

        foreach (var (key, seen) in _seen)
        {
            if (key.Service == service && !there.Contains(key.Slice)) _seen[key] = seen with { IsGone = true };
        }
    }

    private void LookAtPort(string service, int port)
    {
        if (_ports.TryGetValue(service, out var before) && port < before) Wrong($"{service} went back from port {before} to {port}");
        if (port > _writer.LastPort) Wrong($"{service} has port {port}, and {_writer.LastPort} is the last one that was written");
        _ports[service] = port;
    }

    private void LookAt(string service, EndpointSegment segment)
    {
        var number = SliceState.NumberOf(segment[0].Address);
        var shown = ClusterText.OfSegment(segment);
        if (!_writer.Written.TryGetValue(number, out var state)) Wrong($"{service} shows {shown}, which was never written");
        else if (state.Service != service) Wrong($"{service} shows {shown}, which was written for {state.Service}");
        else if (ClusterText.OfSlice(state.Name, state.Port, state.Endpoints) is var written && written != shown) Wrong($"{service} shows {shown}, and {written} was written");
        if (_seen.TryGetValue((service, segment.Slice), out var seen) && (number < seen.Number || (seen.IsGone && number == seen.Number)))
        {
            Wrong(string.Create(CultureInfo.InvariantCulture, $"{service} shows write {number} of {segment.Slice} after write {seen.Number}{(seen.IsGone ? ", which was gone" : "")}"));
        }

        _seen[(service, segment.Slice)] = (number, false);
    }

    private void Wrong(string what)
    {
        // The first ones say what happened.
        if (Wrongs.Count < 20) Wrongs.Enqueue(what);
    }
}
