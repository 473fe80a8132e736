using System.Collections.Immutable;

namespace Mesh.Merging;

/// <summary>
/// Takes out endpoints that stand twice: in two slices of a service (while one moves between slices) or in two sources' word of one cluster. The same
/// cluster, address and ports are one endpoint; the exported one stays, then the ready one, then the first. A pod with an IPv4 and an IPv6 address (the same target uid in slices
/// of both families, with the same ports) is one endpoint too, or it would have twice the weight: the address that stands first stays, whose source put the preferred family
/// there, whatever the conditions say: they are the pod's, and where one slice lags behind the other, falling back on it would send to a pod that is known to be out. Inside a slice the segment's builder
/// has done the same, so the usual service (one slice per cluster) is not looked at.
/// </summary>
internal static class EndpointDeduplicator
{
    /// <summary>The same contributions, without the endpoints that stand twice. Where none does, the same array.</summary>
    /// <param name="contributions">Ordered by cluster.</param>
    public static ImmutableArray<ClusterContribution> Deduplicate(ImmutableArray<ClusterContribution> contributions)
    {
        var result = contributions;
        for (var start = 0; start < contributions.Length;)
        {
            var end = start + 1;
            while (end < contributions.Length && contributions[end].Cluster == contributions[start].Cluster)
            {
                end++;
            }

            foreach (var (place, segments) in DropDuplicates(contributions, start, end))
            {
                var contribution = contributions[place];
                result = result.SetItem(place, contribution with { Service = contribution.Service with { Segments = segments } });
            }

            start = end;
        }

        return result;
    }

    private static Dictionary<int, ImmutableArray<EndpointSegment>> DropDuplicates(ImmutableArray<ClusterContribution> contributions, int start, int end)
    {
        if (!HasSeveralSegments(contributions, start, end))
        {
            return NothingDropped;
        }

        var seen = new Dictionary<EndpointIdentity, EndpointPlace>();
        var pods = HasBothFamilies(contributions, start, end) ? new Dictionary<PodIdentity, EndpointAddressKind>() : null;
        List<EndpointPlace> losers = [];
        List<ImmutableArray<EndpointPort>> portGroups = [];
        for (var c = start; c < end; c++)
        {
            var service = contributions[c].Service;
            for (var s = 0; service.Invalid is null && s < service.Segments.Length; s++)
            {
                var segment = service.Segments[s];
                var ports = PortGroup(portGroups, segment.Ports);
                for (var i = 0; i < segment.Count; i++)
                {
                    var endpoint = segment[i];
                    var place = new EndpointPlace(c, s, i, Preference(service, endpoint.Conditions));
                    if (pods is not null && endpoint.TargetUid is { } uid && !pods.TryAdd(new PodIdentity(uid, ports), endpoint.Address.Kind) && pods[new PodIdentity(uid, ports)] != endpoint.Address.Kind)
                    {
                        losers.Add(place);
                        continue;
                    }

                    var identity = new EndpointIdentity(endpoint.Address, ports);
                    if (seen.TryAdd(identity, place))
                    {
                        continue;
                    }

                    var other = seen[identity];
                    losers.Add(place.Preference > other.Preference ? other : place);
                    seen[identity] = place.Preference > other.Preference ? place : other;
                }
            }
        }

        return losers.Count == 0 ? NothingDropped : Rebuild(contributions, losers);
    }

    private static Dictionary<int, ImmutableArray<EndpointSegment>> Rebuild(ImmutableArray<ClusterContribution> contributions, List<EndpointPlace> losers)
    {
        Dictionary<int, ImmutableArray<EndpointSegment>> rebuilt = [];
        foreach (var slice in losers.GroupBy(static l => (l.Contribution, l.Segment)))
        {
            var segments = rebuilt.TryGetValue(slice.Key.Contribution, out var begun) ? begun : contributions[slice.Key.Contribution].Service.Segments;
            var dropped = slice.Select(static l => l.Index).ToHashSet();
            var segment = segments[slice.Key.Segment];
            var kept = Enumerable.Range(0, segment.Count).Where(i => !dropped.Contains(i)).ToArray();
            rebuilt[slice.Key.Contribution] = segments.SetItem(slice.Key.Segment, segment.Keep(kept));
        }

        return rebuilt;
    }

    private static readonly Dictionary<int, ImmutableArray<EndpointSegment>> NothingDropped = [];

    private static bool HasSeveralSegments(ImmutableArray<ClusterContribution> contributions, int start, int end)
    {
        var filled = 0;
        for (var c = start; c < end; c++)
        {
            if (contributions[c].Service.Invalid is null)
            {
                foreach (var segment in contributions[c].Service.Segments)
                {
                    filled += segment.Count > 0 ? 1 : 0;
                }
            }
        }

        return filled > 1;
    }

    private static bool HasBothFamilies(ImmutableArray<ClusterContribution> contributions, int start, int end)
    {
        EndpointAddressKind? first = null;
        for (var c = start; c < end; c++)
        {
            foreach (var segment in contributions[c].Service.Invalid is null ? contributions[c].Service.Segments : [])
            {
                var kind = segment.Count == 0 ? EndpointAddressKind.None : segment[0].Address.Kind;
                if (kind is not (EndpointAddressKind.IPv4 or EndpointAddressKind.IPv6))
                {
                    continue;
                }

                if (first is not null && first != kind)
                {
                    return true;
                }

                first = kind;
            }
        }

        return false;
    }

    // Slices of a service have the same ports nearly always: the first group fits.
    private static int PortGroup(List<ImmutableArray<EndpointPort>> groups, ImmutableArray<EndpointPort> ports)
    {
        for (var i = 0; i < groups.Count; i++)
        {
            if (groups[i] == ports || (groups[i].Length == ports.Length && groups[i].All(p => ports.Contains(p))))
            {
                return i;
            }
        }

        groups.Add(ports);
        return groups.Count - 1;
    }

    private static int Preference(ServiceContribution service, EndpointConditions conditions) =>
        (service.IsExported ? 4 : 0)
        + ((conditions & EndpointConditions.Ready) != 0 ? 2 : 0)
        + ((conditions & EndpointConditions.Serving) != 0 ? 1 : 0);

    private readonly record struct EndpointIdentity(EndpointAddress Address, int PortGroup);

    private readonly record struct PodIdentity(Guid TargetUid, int PortGroup);

    private readonly record struct EndpointPlace(int Contribution, int Segment, int Index, int Preference);
}
