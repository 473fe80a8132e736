namespace Mesh.Contributions;

/// <summary>Gives a segment the regions of its Nodes as they are now.</summary>
internal static class SegmentRegions
{
    /// <summary>The same segment where nothing differs.</summary>
    public static EndpointSegment Derive(EndpointSegment segment, NodeRegions regions)
    {
        for (var i = 0; i < segment.Count; i++)
        {
            var place = segment[i].Locality;
            if (!string.Equals(place.Region, regions.Of(place.Node), StringComparison.Ordinal)) return Rebuild(segment, regions);
        }

        return segment;
    }

    private static EndpointSegment Rebuild(EndpointSegment segment, NodeRegions regions)
    {
        var builder = new EndpointSegmentBuilder(segment.Cluster, segment.Slice, segment.Ports, segment.Count);
        for (var i = 0; i < segment.Count; i++)
        {
            var endpoint = segment[i];
            var place = endpoint.Locality;
            builder.Add(new EndpointDescription(endpoint.Address)
            {
                Conditions = endpoint.Conditions,
                Region = regions.Of(place.Node),
                Zone = place.Zone,
                Node = place.Node,
                TargetUid = endpoint.TargetUid,
                ZoneHints = endpoint.ZoneHints,
                NodeHints = endpoint.NodeHints,
            });
        }

        return builder.Build();
    }
}
