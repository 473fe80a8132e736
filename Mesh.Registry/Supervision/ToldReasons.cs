namespace Mesh.Supervision;

/// <summary>The reasons of one failure that the log has been told, so that two that take turns do not fill it. Bounded, as a reason may name what changes each time.</summary>
internal sealed class ToldReasons
{
    private const int Max = 20;

    private readonly HashSet<string> _reasons = new(StringComparer.Ordinal);

    public bool IsEmpty => _reasons.Count == 0;

    public bool Contains(string reason) => _reasons.Contains(reason);

    /// <summary>Whether the reason is news.</summary>
    public bool Add(string reason) => _reasons.Count < Max && _reasons.Add(reason);

    /// <summary>Forgets all: the failure is over.</summary>
    public void Clear() => _reasons.Clear();
}
