using System.Globalization;

namespace Mesh.Explaining;

/// <summary>Figures as people read them.</summary>
internal static class Phrases
{
    /// <summary>Before the reason why a cluster's changed connection is not taken.</summary>
    public const string NotRenewed = "its changed connection is not taken: ";

    public static string Of(TimeSpan time)
    {
        if (time == Timeout.InfiniteTimeSpan)
        {
            return "none";
        }

        var (value, unit) = Math.Abs(time.TotalSeconds) switch
        {
            < 0.001 => (time.TotalMicroseconds, "µs"),
            < 1 => (time.TotalMilliseconds, "ms"),
            < 120 => (time.TotalSeconds, "s"),
            < 7200 => (time.TotalMinutes, "min"),
            < 172_800 => (time.TotalHours, "h"),
            _ => (time.TotalDays, "d"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {unit}");
    }

    /// <summary>Seconds as a time: none where they are negative, the longest where they are more than that, as after a clock that jumped.</summary>
    public static TimeSpan Seconds(double seconds) =>
        seconds >= TimeSpan.MaxValue.TotalSeconds ? TimeSpan.MaxValue : seconds > 0 ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;

    /// <summary>How long ago; clocks that differ a little make no future of it.</summary>
    public static TimeSpan Age(DateTimeOffset since, DateTimeOffset now) => since < now ? now - since : TimeSpan.Zero;

    public static string Of(ClusterFreshness freshness) => freshness switch
    {
        ClusterFreshness.Live => "live",
        ClusterFreshness.Stale => "stale",
        _ => "connecting",
    };

    public static string Of(Reach reach) => reach switch
    {
        Reach.Direct => "direct",
        Reach.Gateway => "gateway",
        _ => "none",
    };

    public static string Of(PolicyOrigin origin) => origin switch
    {
        PolicyOrigin.Client => "the client",
        PolicyOrigin.Service => "Mesh:Services",
        PolicyOrigin.Source => "the service's source",
        PolicyOrigin.Configuration => "Mesh:Policy",
        _ => "mesh default",
    };

    public static string Of(ServiceView view) => view switch
    {
        ServiceView.OwnCluster => "the own cluster's alone",
        ServiceView.ClusterSet => "the exported union",
        _ => "merged",
    };

    /// <summary>The cluster and how well it is known: <c>beta (stale for 3 min: connection refused)</c>.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="now">The time.</param>
    /// <param name="isSynced">Whether its first state has come though it is not called live yet.</param>
    public static string Of(ClusterSnapshot cluster, DateTimeOffset now, bool isSynced)
    {
        var renewal = cluster.RenewalFailure is { } why ? $"; {NotRenewed}{why.TrimEnd('.')}" : "";
        if (isSynced)
        {
            return $"{cluster.Cluster} (synced{renewal})";
        }

        var since = cluster.Since == default || cluster.Freshness == ClusterFreshness.Live ? "" : $" for {Of(Age(cluster.Since, now))}";
        var detail = cluster.Detail is null || cluster.Freshness == ClusterFreshness.Live ? "" : $": {cluster.Detail.TrimEnd('.')}";
        return $"{cluster.Cluster} ({Of(cluster.Freshness)}{since}{detail}{renewal})";
    }
}
