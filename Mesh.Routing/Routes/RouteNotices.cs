using Mesh.Tables;
using Microsoft.Extensions.Logging;

namespace Mesh.Routes;

/// <summary>What is said of the routes of one service, once each: what of its policy cannot be followed, and which clusters cannot help out.</summary>
internal sealed partial class RouteNotices(RouterContext router, ServiceName service, ILogger logger)
{
    // A source that makes up a new mistake every second must not fill the memory, nor the log.
    private const int MaxTold = 64;

    private readonly HashSet<string> _told = [];

    /// <summary>Says what of a source's policy cannot be followed. Under the service's lock.</summary>
    public void TellProblems(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
        {
            if (_told.Count < MaxTold && _told.Add(problem))
            {
                Log.PolicyNotFollowed(logger, service, problem);
            }
        }
    }

    /// <summary>Warns of each cluster that would help out and cannot, or that nobody describes: without it, that shows when the failover is needed.</summary>
    public void TellOutOfReach(TableLayout layout)
    {
        foreach (var cluster in layout.UnknownTargets)
        {
            if (router.IsNewUnknownTarget(service, cluster))
            {
                Log.UnknownTarget(logger, service, cluster, layout.Topology.Names);
            }
        }

        foreach (var (cluster, advice) in layout.OutOfReach)
        {
            if (router.IsNewOutOfReach(cluster))
            {
                Log.OutOfReach(logger, cluster, service, advice);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1220, LogLevel.Error, "One field of the policy that a source brings for {Service} cannot be followed; the rest of it holds: {Problem}")]
        public static partial void PolicyNotFollowed(ILogger logger, ServiceName service, string problem);

        [LoggerMessage(1221, LogLevel.Warning, "Cluster {Cluster} cannot take requests to {Service}, and not in a failover either: {Advice}. Said once for each cluster.")]
        public static partial void OutOfReach(ILogger logger, ClusterId cluster, ServiceName service, string advice);

        [LoggerMessage(1222, LogLevel.Warning, "The policy of {Service} names cluster {Cluster} among its targets, which no source describes: nothing goes there until one does. Clusters are {Known}. Said once for each cluster.")]
        public static partial void UnknownTarget(ILogger logger, ServiceName service, ClusterId cluster, string known);
    }
}
