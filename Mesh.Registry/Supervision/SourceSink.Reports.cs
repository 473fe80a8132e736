using Microsoft.Extensions.Logging;

namespace Mesh.Supervision;

/// <summary>What a source says about itself and about what it left out.</summary>
internal sealed partial class SourceSink
{
    private readonly ToldReasons _told = new();
    private long _failures;

    /// <summary>How often it went from working to failing.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    public void ReportFailure(string? message)
    {
        lock (_lock)
        {
            var before = _reported;
            if (before == message)
            {
                return;
            }

            _reported = message;
            if (message is null)
            {
                var ended = Interlocked.Exchange(ref _ended, null) is not null;
                if (ended || !_told.IsEmpty)
                {
                    Log.Recovered(core.Logger, source.Name);
                }

                _told.Clear();
            }
            else
            {
                if (before is null)
                {
                    Interlocked.Increment(ref _failures);
                }

                if (!IsToldOfACluster(message) && _told.Add(message))
                {
                    Log.Failing(core.Logger, source.Name, message.TrimEnd('.'), _shares.Values.Any(static s => s.Services.Count > 0) ? " What it brought stays in use." : "");
                }
            }
        }

        core.SourcesChanged();
    }

    public void ReportProblem(CatalogProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var list = _shares.TryGetValue(problem.Cluster, out var share) ? share.Problems : _ownProblems;
        Report(list, problem with { Source = source.Name });
    }

    public void ClearProblem(ClusterId cluster, string subject)
    {
        var cleared = _ownProblems.Clear(subject);
        cleared |= _shares.TryGetValue(cluster, out var share) && share.Problems.Clear(subject);
        if (cleared)
        {
            core.Notices.StateChanged();
        }
    }

    private void Quarantine(ClusterShare share, ServiceName service, string why)
    {
        var kept = share.Services.ContainsKey(service) ? "Its last good state stays." : "It is not in the catalog.";
        Report(share.Problems, new CatalogProblem(source.Name, share.Cluster, Subject(service), $"{why} {kept}") { Service = service });
    }

    private void Report(ProblemList list, CatalogProblem problem)
    {
        if (list.Report(problem))
        {
            Log.LeftOut(core.Logger, problem.Source, problem.Cluster, DnsLabel.Printable(problem.Subject), problem.Message);
            core.Notices.StateChanged();
        }
    }

    // One loss is one line: what a cluster's own line said is not said again of its source.
    private bool IsToldOfACluster(string reason) => _shares.Values.Any(s => s.Told.Contains(reason));

    private void LogFreshness(ClusterShare share, ClusterSnapshot? previous, ClusterSnapshot cluster)
    {
        if ((previous?.Drain ?? 0) != cluster.Drain)
        {
            Log.ClusterDrains(core.Logger, cluster.Cluster, source.Name, cluster.Drain);
        }

        var isNew = previous?.Freshness != cluster.Freshness;
        if (cluster.Freshness == ClusterFreshness.Live)
        {
            share.Told.Clear();
            if (isNew)
            {
                Log.ClusterLive(core.Logger, cluster.Cluster, source.Name);
            }

            return;
        }

        var isNews = cluster.Detail is { } reason && share.Told.Add(reason);
        if (cluster.Freshness == ClusterFreshness.Stale && (isNew || isNews))
        {
            Log.ClusterStale(core.Logger, cluster.Cluster, source.Name, cluster.Detail ?? "no reason given");
        }
        else if (isNews)
        {
            Log.ClusterNotConnected(core.Logger, cluster.Cluster, source.Name, cluster.Detail!);
        }
        else if (isNew)
        {
            Log.ClusterConnecting(core.Logger, cluster.Cluster, source.Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1000, LogLevel.Information, "Source {Source} has delivered its first state.")]
        public static partial void Synced(ILogger logger, string source);

        [LoggerMessage(1001, LogLevel.Warning, "Source {Source} is not working: {Reason}.{Kept}")]
        public static partial void Failing(ILogger logger, string source, string reason, string kept);

        [LoggerMessage(1002, LogLevel.Information, "Source {Source} works again.")]
        public static partial void Recovered(ILogger logger, string source);

        [LoggerMessage(1005, LogLevel.Information, "Cluster {Cluster} (source {Source}): connecting.")]
        public static partial void ClusterConnecting(ILogger logger, ClusterId cluster, string source);

        [LoggerMessage(1006, LogLevel.Information, "Cluster {Cluster} (source {Source}): live.")]
        public static partial void ClusterLive(ILogger logger, ClusterId cluster, string source);

        [LoggerMessage(1007, LogLevel.Warning, "Cluster {Cluster} (source {Source}): its changes no longer arrive; its last known state stays in use. {Reason}")]
        public static partial void ClusterStale(ILogger logger, ClusterId cluster, string source, string reason);

        [LoggerMessage(1009, LogLevel.Warning, "Cluster {Cluster} (source {Source}): not connected yet. {Reason}")]
        public static partial void ClusterNotConnected(ILogger logger, ClusterId cluster, string source, string reason);

        [LoggerMessage(1008, LogLevel.Information, "Source {Source} took cluster {Cluster} away, with {Services} services.")]
        public static partial void ClusterRemoved(ILogger logger, string source, ClusterId cluster, int services);

        [LoggerMessage(1011, LogLevel.Information, "Cluster {Cluster} (source {Source}) is drained by {Percent} %: that part of its share goes elsewhere where it can.")]
        public static partial void ClusterDrains(ILogger logger, ClusterId cluster, string source, int percent);

        [LoggerMessage(1010, LogLevel.Warning, "Source {Source}, cluster '{Cluster}': {Subject} was left out. {Reason}")]
        public static partial void LeftOut(ILogger logger, string source, ClusterId cluster, string subject, string reason);
    }
}
