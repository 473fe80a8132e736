namespace Mesh.Contributions;

/// <summary>Tells whether two segments say the same: a slice is touched more often than its endpoints change.</summary>
internal static class SegmentComparison
{
    public static bool AreSame(EndpointSegment left, EndpointSegment right)
    {
        if (left.Count != right.Count || left.Slice != right.Slice || !left.Ports.AsSpan().SequenceEqual(right.Ports.AsSpan())) return false;
        for (var i = 0; i < left.Count; i++)
        {
            if (!AreSame(left[i], right[i])) return false;
        }

        return true;
    }

    private static bool AreSame(in MeshEndpoint left, in MeshEndpoint right) =>
        left.Address == right.Address
        && left.Conditions == right.Conditions
        && left.TargetUid == right.TargetUid
        && left.Locality == right.Locality
        && left.ZoneHints.AsSpan().SequenceEqual(right.ZoneHints.AsSpan())
        && left.NodeHints.AsSpan().SequenceEqual(right.NodeHints.AsSpan());
}
