using Microsoft.Extensions.Logging;

namespace Mesh.Health;

/// <summary>
/// Opens where what is behind the gateways of a cluster fails for one port of a service, by the same rule that ejects an endpoint: failures in a row, or too few successes. The gateways do
/// well meanwhile and serve other services; whether they do is their own health's and the cluster's <see cref="ConnectBreaker"/>'s to say.
/// </summary>
internal sealed partial class UpstreamBreaker(HealthContext context, int port, ClusterId cluster)
    : Breaker(context, $"Cluster {cluster}, behind its gateways", port, cluster)
{
    private SuccessWindow _window;
    private volatile int _consecutive;
    private string? _reason;

    /// <summary>Why it is open; <see langword="null"/> while it is not.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <param name="generation">The generation of the pick whose request succeeded.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    public void OnSucceeded(long generation, double now)
    {
        _window.Add(success: true, now);
        if (_consecutive != 0 || IsOpen)
        {
            Close(generation);
        }
    }

    /// <summary>It has begun to answer, and how that ends is known later: while it is open, it is back.</summary>
    /// <param name="generation">The generation of the pick whose request is answered.</param>
    public void OnAnswered(long generation)
    {
        if (IsOpen)
        {
            Close(generation);
        }
    }

    /// <param name="generation">The generation of the pick whose request failed.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    public void OnFailed(long generation, double now)
    {
        _window.Add(success: false, now);
        string reason;
        lock (Gate)
        {
            if (IsOpen || !IsOfNowInLock(generation))
            {
                return;
            }

            var failures = ++_consecutive;
            if (FailureRule.Of(failures, _window.Read(now), Context.Settings) is not { } because)
            {
                return;
            }

            reason = because;
            Volatile.Write(ref _reason, reason);
            OpenInLock(now);
        }

        TellOpened();
        Log.Opened(Context.Logger, Cluster, Port, Context.Service, reason);
    }

    protected override void ForgetInLock()
    {
        _consecutive = 0;
        _window.Clear();
        Volatile.Write(ref _reason, null);
    }

    private void Close(long generation)
    {
        lock (Gate)
        {
            if (!IsOfNowInLock(generation))
            {
                return;
            }

            _consecutive = 0;
            if (!IsOpen)
            {
                return;
            }

            ForgetInLock();
            CloseInLock();
        }

        TellClosed();
        Log.Closed(Context.Logger, Cluster, Port, Context.Service);
    }

    private static partial class Log
    {
        [LoggerMessage(1212, LogLevel.Warning, "Behind the gateways of cluster {Cluster} port {Port} of {Service} fails: {Reason}. Requests go elsewhere where they can; single ones try it again. The gateways themselves answer.")]
        public static partial void Opened(ILogger logger, ClusterId cluster, int port, ServiceName service, string reason);

        [LoggerMessage(1213, LogLevel.Information, "Behind the gateways of cluster {Cluster} port {Port} of {Service} answers again.")]
        public static partial void Closed(ILogger logger, ClusterId cluster, int port, ServiceName service);
    }
}
