using System.Collections.Concurrent;

namespace Mesh.Simulation;

/// <summary>The watches that run now.</summary>
internal sealed class WatchRegistry
{
    private readonly ConcurrentDictionary<WatchSession, bool> _running = [];

    public int Count => _running.Count;

    public void Add(WatchSession session) => _running[session] = true;

    public void Remove(WatchSession session) => _running.TryRemove(session, out _);

    /// <summary>Ends the watches of a type.</summary>
    public void End(ResourceType type)
    {
        foreach (var (session, _) in _running)
        {
            if (session.Served.Type.QualifiedPlural == type.QualifiedPlural) session.Order(WatchOrder.End);
        }
    }

    public void Order(WatchOrder order, string? resource)
    {
        foreach (var (session, _) in _running)
        {
            if (resource is null || session.Served.Type.Plural == resource) session.Order(order);
        }
    }
}
