using System.Collections.Immutable;

namespace Mesh.Endpoints;

/// <summary>What few endpoints have. Equal by content.</summary>
internal sealed record EndpointExtras(ImmutableArray<string> ZoneHints, ImmutableArray<string> NodeHints, ImmutableDictionary<string, string>? Labels)
{
    public bool Equals(EndpointExtras? other) =>
        other is not null
        && ZoneHints.AsSpan().SequenceEqual(other.ZoneHints.AsSpan())
        && NodeHints.AsSpan().SequenceEqual(other.NodeHints.AsSpan())
        && SameLabels(Labels, other.Labels);

    public override int GetHashCode() => HashCode.Combine(ZoneHints.IsDefault ? 0 : ZoneHints.Length, NodeHints.IsDefault ? 0 : NodeHints.Length, Labels?.Count ?? 0);

    private static bool SameLabels(ImmutableDictionary<string, string>? left, ImmutableDictionary<string, string>? right)
    {
        if ((left?.Count ?? 0) != (right?.Count ?? 0))
        {
            return false;
        }

        if (left is null || right is null)
        {
            return true;
        }

        foreach (var (key, value) in left)
        {
            if (!right.TryGetValue(key, out var other) || other != value)
            {
                return false;
            }
        }

        return true;
    }
}
