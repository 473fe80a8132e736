using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Mesh.State;

/// <summary>
/// Keeps the last good state of clusters in the state directory, and finds it again. Sources never wait for it: they say that something changed, and a task of its own writes
/// what has gathered, a file after another.
/// </summary>
/// <remarks>
/// The age of a state counts from when it was last known to be the cluster's: now for a live cluster (so it is written again from time to time though nothing changes), the
/// moment of the loss for a stale one.
/// </remarks>
internal sealed partial class StateKeeper(string directory, TimeSpan maxAge, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>How long changes gather; so a state is at most that much older on disk, and written at most that often.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromSeconds(5);

    // Clocks of machines that share a folder differ a little; one that is wrong says nothing of a state's age.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestRefresh = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<KeptCluster> _kept = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _saving = new();

    // A quarter of the age that is allowed, so that a state is not refused for the time since it was written.
    private readonly TimeSpan _refresh = maxAge / 4 > ShortestRefresh ? maxAge / 4 : ShortestRefresh;

    /// <summary>Keeps a cluster from now on.</summary>
    public KeptCluster Keep(string source, ClusterId cluster, Func<KeptState?> capture)
    {
        var kept = new KeptCluster(new StateFile(directory, source, cluster), capture, () => _signal.Writer.TryWrite(true));
        _kept.Enqueue(kept);
        return kept;
    }

    /// <summary>What is kept of a cluster, whatever it is good for; <see langword="null"/> where nothing is. A file that cannot be used is set aside and told of.</summary>
    public StateLoad? Load(string source, ClusterId cluster, string scope)
    {
        var file = new StateFile(directory, source, cluster);
        AtomicFile.RemoveLeftovers(file.Path, timeProvider.GetUtcNow());
        try
        {
            if (file.Load() is not { } state)
            {
                return null;
            }

            if (state.Source != source || state.Cluster != cluster)
            {
                throw new InvalidDataException($"it is of cluster {state.Cluster} by source {DnsLabel.Printable(state.Source)}");
            }

            return new StateLoad(state, Refusal(state, scope));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Log.Unusable(logger, cluster, source, file.Path, e.Message.TrimEnd('.'), file.SetAside());
            return default(StateLoad);
        }
    }

    /// <summary>Writes what gathers, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await WaitAsync(cancellationToken).ConfigureAwait(false);
                await Task.Delay(Gathering, timeProvider, cancellationToken).ConfigureAwait(false);
                _signal.Reader.TryRead(out _);
                SaveDue(_refresh);
            }
        }
        catch (OperationCanceledException)
        {
            // The catalog stops, and asks for the last word itself.
        }
    }

    /// <summary>Writes what there is: the sources have ended.</summary>
    public void SaveAll() => SaveDue(TimeSpan.Zero);

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var refresh = new CancellationTokenSource(_refresh, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(refresh.Token, cancellationToken);
        try
        {
            await _signal.Reader.WaitToReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing has changed, which is worth saying too.
        }
    }

    private void SaveDue(TimeSpan refresh)
    {
        lock (_saving)
        {
            var now = timeProvider.GetUtcNow();
            foreach (var cluster in _kept)
            {
                if (cluster.TakeDue(now, refresh) is { } state)
                {
                    Save(cluster, state);
                }
            }
        }
    }

    private void Save(KeptCluster cluster, KeptState state)
    {
        try
        {
            var isKept = cluster.File.Save(state);
            if (!isKept && !cluster.IsToldUnwritable)
            {
                Log.TooLarge(logger, state.Cluster, state.Source, StateFormat.MaxBytes);
            }
            else if (isKept && cluster.IsToldUnwritable)
            {
                Log.Writable(logger, state.Cluster, state.Source, cluster.File.Path);
            }

            (cluster.WrittenAsOf, cluster.IsToldUnwritable) = (state.AsOf, !isKept);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            cluster.WrittenAsOf = null;
            if (!cluster.IsToldUnwritable)
            {
                cluster.IsToldUnwritable = true;
                Log.Unwritable(logger, state.Cluster, state.Source, cluster.File.Path, e.Message.TrimEnd('.'));
            }
        }
    }

    private string? Refusal(KeptState state, string scope)
    {
        var age = timeProvider.GetUtcNow() - state.AsOf;
        if (age < -ClockTolerance)
        {
            return $"The state kept of it is not used: it is dated {state.AsOf:u}, in the future of this machine's clock, so its age is not known. Check the clocks.";
        }

        if (age > maxAge)
        {
            return $"The state kept of it is not used: it is of {state.AsOf:u} and may be {TimeText.Write(maxAge)} old at most (Mesh:MaxCachedAge), for its addresses may be those of other pods by now.";
        }

        return state.Scope == scope ? null : "The state kept of it is not used: other settings say now what of the cluster is watched.";
    }

    private static partial class Log
    {
        [LoggerMessage(1033, LogLevel.Warning, "Cluster {Cluster} (source {Source}): the state kept in {Path} cannot be used: {Reason}. The file {Aside}; requests wait for the cluster's API server as at a first start.")]
        public static partial void Unusable(ILogger logger, ClusterId cluster, string source, string path, string reason, string aside);

        [LoggerMessage(1034, LogLevel.Warning, "Cluster {Cluster} (source {Source}): its state cannot be kept in {Path}: {Reason}. Let this process write there, or leave Mesh:StateDirectory out.")]
        public static partial void Unwritable(ILogger logger, ClusterId cluster, string source, string path, string reason);

        [LoggerMessage(1035, LogLevel.Warning, "Cluster {Cluster} (source {Source}): its state is not kept, as it has more than {Bytes} bytes. Narrow what is watched (Namespaces, Services).")]
        public static partial void TooLarge(ILogger logger, ClusterId cluster, string source, int bytes);

        [LoggerMessage(1038, LogLevel.Information, "Cluster {Cluster} (source {Source}): its state is kept in {Path} again.")]
        public static partial void Writable(ILogger logger, ClusterId cluster, string source, string path);
    }
}
