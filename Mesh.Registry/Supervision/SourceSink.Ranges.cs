using Microsoft.Extensions.Logging;

namespace Mesh.Supervision;

/// <summary>A cluster may only bring addresses that are its own, where it is said which are.</summary>
internal sealed partial class SourceSink
{
    private static string OutsideSubject(ServiceName service) => $"addresses of service {DnsLabel.Printable(service.ToString())}";

    // Endpoints outside stay outside, and the rest flows. One line tells of the cluster, however many of its services are concerned; each stands among the problems.
    private ServiceContribution KeepWithin(ClusterShare share, ServiceContribution service)
    {
        if (core.Clusters.Find(place, share.Cluster)?.PodCidrs is not { } ranges)
        {
            return service;
        }

        EndpointAddress? first = null;
        var count = 0;
        var segments = service.Segments;
        for (var s = 0; s < segments.Length; s++)
        {
            var segment = segments[s];
            var outside = FirstOutside(segment, ranges);
            if (outside < 0)
            {
                continue;
            }

            int[] within = [.. Enumerable.Range(0, segment.Count).Where(i => ranges.Contains(segment[i].Address))];
            first ??= segment[outside].Address;
            count += segment.Count - within.Length;
            segments = segments.SetItem(s, segment.Keep(within));
        }

        if (first is not { } example)
        {
            ForgetOutside(share, service.Service);
            return service;
        }

        var isFirst = share.Outside.Count == 0;
        share.Outside.Add(service.Service);
        var message = FormattableString.Invariant($"{count} of its endpoints ({DnsLabel.Printable(example.ToString())}{(count > 1 ? " …" : "")}) are outside of the cluster's PodCidrs ({ranges}) and left out. Correct PodCidrs, or look who writes them.");
        if (share.Problems.Report(new CatalogProblem(source.Name, share.Cluster, OutsideSubject(service.Service), message) { Service = service.Service }))
        {
            if (isFirst)
            {
                Log.OutsideRanges(core.Logger, share.Cluster, source.Name, service.Service, message);
            }

            core.Notices.StateChanged();
        }

        return service with { Segments = segments };
    }

    // The usual segment has none, and costs a look and nothing else.
    private static int FirstOutside(EndpointSegment segment, AddressRanges ranges)
    {
        for (var i = 0; i < segment.Count; i++)
        {
            if (!ranges.Contains(segment[i].Address))
            {
                return i;
            }
        }

        return -1;
    }

    private void ForgetOutside(ClusterShare share, ServiceName service)
    {
        if (!share.Outside.Remove(service))
        {
            return;
        }

        if (share.Problems.Clear(OutsideSubject(service)))
        {
            core.Notices.StateChanged();
        }

        if (share.Outside.Count == 0)
        {
            Log.WithinRanges(core.Logger, share.Cluster, source.Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1012, LogLevel.Warning, "Cluster {Cluster} (source {Source}) brings addresses that are not its own, for {Service} and perhaps others: {Message} Said once until none is left.")]
        public static partial void OutsideRanges(ILogger logger, ClusterId cluster, string source, ServiceName service, string message);

        [LoggerMessage(1013, LogLevel.Information, "Cluster {Cluster} (source {Source}) brings only addresses of its own again.")]
        public static partial void WithinRanges(ILogger logger, ClusterId cluster, string source);
    }
}
