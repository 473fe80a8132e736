using System.Globalization;
using Mesh.Health;
using Mesh.Picks;
using Mesh.Telemetry;
using Microsoft.Extensions.Logging;

namespace Mesh.Probing;

/// <summary>
/// Probes everybody who is to be probed, each in a loop of its own that begins at a random moment of the interval, so that no two come in step; a bounded number at once.
/// </summary>
internal sealed partial class ProbeSchedule(RouterClock clock, PickRandom random, RoutingMeter meter, Faults faults, ILogger logger) : IDisposable
{
    /// <summary>How many probes may be under way.</summary>
    public const int MostAtOnce = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<ProbeKey, ProbeTarget> _targets = [];
    private readonly SemaphoreSlim _permits = new(MostAtOnce);
    private volatile IEndpointProber? _prober;
    private bool _disposed;

    /// <summary>Who asks; <see langword="null"/> while nobody does, and nobody is probed.</summary>
    public IEndpointProber? Prober
    {
        get => _prober;
        set => _prober = value;
    }

    /// <summary>Probes an endpoint from now on, or by another rule.</summary>
    public void Set(EndpointState endpoint, ProbeRule rule)
    {
        ProbeTarget target;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            var key = ProbeKey.Of(endpoint);
            if (_targets.TryGetValue(key, out var known))
            {
                known.Set(endpoint, rule);
                return;
            }

            _targets[key] = target = new ProbeTarget(key);
            target.Set(endpoint, rule);
        }

        _ = RunAsync(target);
    }

    /// <summary>Probes it no more.</summary>
    public void Remove(EndpointState endpoint)
    {
        bool wasDown;
        var key = ProbeKey.Of(endpoint);
        lock (_gate)
        {
            if (!_targets.TryGetValue(key, out var target) || !target.Remove(endpoint))
            {
                return;
            }

            _targets.Remove(key);
            wasDown = target.Health.IsDown;
        }

        if (wasDown)
        {
            Log.ProbesEnded(logger, NameOf(key, endpoint));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var target in _targets.Values)
            {
                foreach (var (endpoint, _) in target.Members)
                {
                    target.Remove(endpoint);
                }
            }

            _targets.Clear();
        }
    }

    private async Task RunAsync(ProbeTarget target)
    {
        var stop = target.Stop;
        try
        {
            var pause = target.Rule is { } first ? first.Interval * random.NextDouble() : TimeSpan.Zero;
            while (true)
            {
                target.Health.NextAt = clock.Now + pause.TotalSeconds;
                await Task.Delay(pause, clock.Provider, stop).ConfigureAwait(false);
                await _permits.WaitAsync(stop).ConfigureAwait(false);
                string? failure;
                try
                {
                    failure = await AskAsync(target, stop).ConfigureAwait(false);
                }
                finally
                {
                    _permits.Release();
                }

                stop.ThrowIfCancellationRequested();
                pause = target.Rule is { } rule ? rule.Interval * (1 - 0.2 * random.NextDouble()) : TimeSpan.Zero;
                target.Health.NextAt = clock.Now + pause.TotalSeconds;
                Learn(target, failure);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody needs it any more.
        }
    }

    private async Task<string?> AskAsync(ProbeTarget target, CancellationToken stop)
    {
        // One who retires is taken out soon: what its transport says meanwhile is no failure.
        if (target.Members.FirstOrDefault(static m => !m.Endpoint.IsRetired).Endpoint is not { } endpoint || target.Rule is not { } rule || _prober is not { } prober)
        {
            return target.Health.Reason;
        }

        using var limit = new CancellationTokenSource(rule.Timeout, clock.Provider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return await prober.ProbeAsync(endpoint, target.Key.Endpoint is null ? null : rule.Path, rule.Timeout, both.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            return endpoint.IsRetired ? target.Health.Reason
                : limit.IsCancellationRequested ? string.Create(CultureInfo.InvariantCulture, $"no answer within {rule.Timeout.TotalSeconds:0.###} s")
                : e.Message.TrimEnd('.');
        }
    }

    private void Learn(ProbeTarget target, string? failure)
    {
        if (!target.Health.Learn(failure))
        {
            return;
        }

        var members = target.Members;
        foreach (var (endpoint, _) in members)
        {
            faults.Survive(endpoint.Service, endpoint.OnProbeTurned);
            faults.Survive(endpoint.Service, () => meter.ProbeTurned(endpoint, failure is not null));
        }

        if (members.FirstOrDefault().Endpoint is { } any)
        {
            faults.Survive(any.Service, () => Tell(target, any, failure));
        }
    }

    private void Tell(ProbeTarget target, EndpointState any, string? failure)
    {
        var what = NameOf(target.Key, any);
        if (failure is null)
        {
            Log.ProbeSucceeded(logger, what);
        }
        else
        {
            Log.ProbeFailed(logger, what, ProbeHealth.FailuresToFall, failure);
        }
    }

    private static string NameOf(ProbeKey key, EndpointState any) => key.Endpoint is null ? $"The gateway {any.Address}:{any.Port} of cluster '{any.Cluster}'" : $"Endpoint {any} of {any.Service}";

    private static partial class Log
    {
        [LoggerMessage(1202, LogLevel.Warning, "{What} counts as down: {Count} probes in a row failed, the last: {Reason}. Requests go elsewhere where they can; it is asked on.")]
        public static partial void ProbeFailed(ILogger logger, string what, int count, string reason);

        [LoggerMessage(1203, LogLevel.Information, "{What} is well again: a probe succeeded.")]
        public static partial void ProbeSucceeded(ILogger logger, string what);

        [LoggerMessage(1205, LogLevel.Information, "{What}, whose probes failed, is not probed any more: it is gone, or its service is not in use.")]
        public static partial void ProbesEnded(ILogger logger, string what);
    }
}
