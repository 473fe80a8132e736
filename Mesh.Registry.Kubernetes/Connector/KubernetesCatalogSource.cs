using System.Collections.Immutable;
using Mesh.Connection;
using Mesh.Contributions;
using Mesh.Watch;
using Microsoft.Extensions.Logging;

namespace Mesh.Connector;

/// <summary>The connector of one cluster: connects, learns who the cluster is, watches it, and begins anew when another one answers.</summary>
internal sealed partial class KubernetesCatalogSource(ConnectorContext context, IConnectionSource source, ClusterClaims claims, ILogger logger) : ICatalogSource
{
    private const string ConnectionSubject = "The changed connection";

    private readonly WatchTarget _connect = new(new ResourceType("", "v1", "namespaces"));
    private ClusterIdentity? _identity;
    private bool _saidUnchecked;

    public string Name => context.SourceName;

    public async Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken)
    {
        ClusterHealth? health = null;
        using var connection = new ApiConnection(
            source,
            new IdentityReader(new ServiceFilter(context.Options.Services).Namespaces(context.Options.Namespaces)[0]),
            context.Timings.RequestTimeout,
            context.TimeProvider,
            context.Random)
        {
            Renewed = refusal => Renewed(sink, health!, refusal),
        };
        var described = Describe();
        var saved = Taken(sink.Restore(described, SavedNotes.ScopeOf(context.Options)));
        if (saved is { Refusal: null }) _identity = SavedNotes.IdentityOf(saved);
        health = new ClusterHealth(described, saved, sink, context.Metrics, context.TimeProvider, () => connection.Address, connection.Suspect, logger);
        health.Start();
        var backoff = new WatchBackoff(context.TimeProvider, context.Random);
        try
        {
            while (true)
            {
                var identity = await ConnectAsync(connection, health, backoff, cancellationToken).ConfigureAwait(false);
                if (identity.Key is { } key && !claims.TryClaim(key, context.Cluster, out var holder))
                {
                    // What it brought, or was kept of it, is of a cluster that is gone, or counts under the other name.
                    if (saved is { Refusal: null }) Drop(saved, sink, health);
                    else sink.Reset(context.Cluster, []);
                    saved = null;
                    _identity = null;
                    health.Refused(
                        $"Cluster {context.Cluster} at {connection.Address} is the same as cluster {holder} (uid {key}): its pods would count twice. Remove one of the two, or correct its kubeconfig.");
                    await Task.Delay(backoff.About(context.Timings.ForbiddenDelay), context.TimeProvider, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                if (saved is { Refusal: null } && identity.DiffersFrom(_identity))
                {
                    Drop(saved, sink, health);
                    saved = null;
                }

                await WatchAsync(identity, sink, connection, health, saved, cancellationToken).ConfigureAwait(false);
                saved = null;
            }
        }
        finally
        {
            claims.Release(context.Cluster);
        }
    }

    private void Renewed(ICatalogSink sink, ClusterHealth health, ConnectionRefusal? refusal)
    {
        context.Metrics.Renewal(context.Cluster, refusal);
        if (refusal is not null)
        {
            var why = FailureText.Of(refusal);
            health.SetRenewal(why);
            sink.ReportProblem(new CatalogProblem(context.SourceName, context.Cluster, ConnectionSubject, why));
            return;
        }

        health.SetRenewal(null);
        sink.ClearProblem(context.Cluster, ConnectionSubject);
        Log.Renewed(logger, context.Cluster.Name);
    }

    // A process may start on another Node than the one before it.
    private SavedClusterState? Taken(SavedClusterState? saved) =>
        saved?.Cluster.OwnNode is { } node && node.Node != context.CallerNode ? saved with { Cluster = saved.Cluster with { OwnNode = null } } : saved;

    private void Drop(SavedClusterState saved, ICatalogSink sink, ClusterHealth health)
    {
        foreach (var key in saved.Notes.Keys) sink.Remember(context.Cluster, key, null);
        sink.Reset(context.Cluster, []);
        health.Dropped();
    }

    private async Task WatchAsync(
        ClusterIdentity identity, ICatalogSink sink, ApiConnection connection, ClusterHealth health, SavedClusterState? saved, CancellationToken cancellationToken)
    {
        var isOther = identity.DiffersFrom(_identity);
        if (isOther)
        {
            context.Metrics.OtherCluster(context.Cluster, _connect);
            Log.OtherCluster(logger, context.Cluster.Name, connection.Address, _identity!.Key, identity.Key);
        }

        if (identity.Key is null && !_saidUnchecked)
        {
            _saidUnchecked = true;
            Log.Unchecked(logger, context.Cluster.Name);
        }

        _identity = identity.Key is null ? _identity : identity;
        try
        {
            await new ClusterSession(context, sink, connection, health, isOther, saved).RunAsync(identity, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterChangedException)
        {
            claims.Release(context.Cluster);
        }
    }

    private async Task<ClusterIdentity> ConnectAsync(ApiConnection connection, ClusterHealth health, WatchBackoff backoff, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var identity = await connection.ConnectAsync(cancellationToken).ConfigureAwait(false);
                backoff.Healthy();
                return identity;
            }
            catch (WatchTransportException e)
            {
                var failure = new WatchFailure(e.Kind, "get", _connect, e.Message);
                context.Metrics.Reconnect(context.Cluster, failure);
                health.NotConnected(FailureText.Of(context.Cluster, connection.Address, [failure]));
                await Task.Delay(backoff.Next(), context.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private ClusterSnapshot Describe()
    {
        var options = context.Options;
        return new ClusterSnapshot(context.Cluster)
        {
            Region = options.Region,
            Zone = options.Zone,
            Group = options.Group,
            Network = options.Network,
            IsOwn = source.IsOwn,
            Drain = options.Drain,
            PodCidrs = options.PodCidrs.Count > 0 && AddressRanges.TryParse(options.PodCidrs, out var ranges, out _) ? ranges : null,
            Gateway = options.Gateway is { Hosts.Count: > 0 } gateway
                ? new GatewayAddress(gateway.Hosts.Select(static h => EndpointAddress.TryParse(h, out var address) ? address : EndpointAddress.FromHost(h)).ToImmutableArray(), gateway.Port)
                : null,
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1104, LogLevel.Warning, "Cluster {Cluster}: another cluster answers at {Address} (uid {Uid} instead of {Before}); what was known of the other one is dropped.")]
        public static partial void OtherCluster(ILogger logger, string cluster, string address, string? before, string? uid);

        [LoggerMessage(1107, LogLevel.Information, "Cluster {Cluster}: another connection was made by its configuration, works, and took the place of the one before.")]
        public static partial void Renewed(ILogger logger, string cluster);

        [LoggerMessage(1105, LogLevel.Information, "Cluster {Cluster}: who it is cannot be checked, as neither namespace kube-system nor the first watched one may be read. Grant get on it.")]
        public static partial void Unchecked(ILogger logger, string cluster);
    }
}
