using Mesh.Tables;

namespace Mesh.Tiers;

/// <summary>
/// What the hints of the own cluster's ready endpoints mean for this caller (EndpointSlice <c>hints</c>, KEP-2433, KEP-3015): they count only where every ready endpoint has
/// some, and some name the caller's place; node hints before zone hints. They take the place of distance inside the own cluster: whom they name for the caller's zone is in
/// its zone tier, wherever it runs. Whom they do not name is not lost: it comes after those, before any other cluster.
/// </summary>
internal sealed class TopologyHints
{
    private readonly CallerPlace _caller;
    private readonly int _ready;
    private readonly int _withNode;
    private readonly int _withZone;
    private readonly int _forNode;
    private readonly int _forZone;

    private TopologyHints(IEnumerable<Candidate> ready, CallerPlace caller)
    {
        _caller = caller;
        foreach (var candidate in ready)
        {
            _ready++;
            _withNode += candidate.NodeHints.IsEmpty ? 0 : 1;
            _withZone += candidate.ZoneHints.IsEmpty ? 0 : 1;
            _forNode += NamesNode(candidate) ? 1 : 0;
            _forZone += NamesZone(candidate) ? 1 : 0;
        }
    }

    /// <summary>Whether they change anything for this caller.</summary>
    public bool AreFollowed => ByNode || ByZone;

    private bool ByNode => _withNode == _ready && _forNode > 0;

    private bool ByZone => _withZone == _ready && _forZone > 0;

    /// <summary>Reads them; <see langword="null"/> where there are none.</summary>
    /// <param name="ready">The ready endpoints of the caller's cluster.</param>
    /// <param name="caller">The caller.</param>
    public static TopologyHints? Read(IEnumerable<Candidate> ready, CallerPlace caller)
    {
        var hints = new TopologyHints(ready, caller);
        return hints._withNode + hints._withZone == 0 ? null : hints;
    }

    /// <summary>The tier of an endpoint of the own cluster by its hints.</summary>
    public TierKind KindOf(in Candidate candidate)
    {
        if (ByNode && NamesNode(candidate))
        {
            return TierKind.SameNode;
        }

        if (ByZone)
        {
            return !NamesZone(candidate) ? TierKind.SameCluster
                : !ByNode && _caller.IsSameNode(candidate.Details.Locality) ? TierKind.SameNode
                : TierKind.SameZone;
        }

        return _caller.IsSameZone(candidate.Details.Locality) ? TierKind.SameZone : TierKind.SameCluster;
    }

    /// <summary>What they say and whether that is followed, for explain.</summary>
    public override string ToString()
    {
        if (ByNode)
        {
            return FormattableString.Invariant($"{_forNode} of {_ready} ready endpoints of the own cluster are meant for node {_caller.Locality.Node}: they come first in it");
        }

        if (ByZone)
        {
            return FormattableString.Invariant($"{_forZone} of {_ready} ready endpoints of the own cluster are meant for zone {_caller.Locality.Zone}: they count as in it, the others come after them");
        }

        var reason = Math.Max(_withNode, _withZone) < _ready ? FormattableString.Invariant($"only {Math.Max(_withNode, _withZone)} of {_ready} ready endpoints of the own cluster have any")
            : _withZone == _ready ? _caller.Locality.Zone is { } zone ? $"none is for the caller's zone {zone}" : "the caller's zone is not known (Mesh:Locality:Zone)"
            : _caller.Locality.Node is { } node ? $"none is for the caller's node {node}" : "the caller's node is not known (Mesh:Locality:Node)";
        return $"not followed: {reason}";
    }

    private bool NamesNode(in Candidate candidate) => _caller.Locality.Node is { } node && candidate.NodeHints.Contains(node);

    private bool NamesZone(in Candidate candidate) => _caller.Locality.Zone is { } zone && candidate.ZoneHints.Contains(zone);
}
