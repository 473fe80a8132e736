using Microsoft.AspNetCore.Http;

namespace Mesh.Simulation;

/// <summary>The faults that are armed. Turned on and off by <see cref="SimulatedServerFaults"/>, asked by the server at each place of need.</summary>
internal sealed class FaultPlan(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FaultPoint, int> _armed = [];
    private TaskCompletionSource? _hang;
    private ApiStatus _answer = new(503, "ServiceUnavailable", "");
    private long _latency;

    public bool WatchListEnabled { get; set; } = true;

    /// <summary>How many changes a watch may leave unsent while its client does not read.</summary>
    public int UnreadLimit { get; set; } = int.MaxValue;

    public TimeSpan Latency
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _latency));
        set => Interlocked.Exchange(ref _latency, value.Ticks);
    }

    public void Arm(FaultPoint point, int times)
    {
        lock (_gate) _armed[point] = times;
    }

    public void Answer(ApiStatus status, int times)
    {
        lock (_gate)
        {
            _answer = status;
            _armed[FaultPoint.Answer] = times;
        }
    }

    public void Hang(bool on)
    {
        lock (_gate)
        {
            if (on) _hang ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            else
            {
                _hang?.SetResult();
                _hang = null;
            }
        }
    }

    public void Clear()
    {
        Hang(false);
        Latency = TimeSpan.Zero;
        UnreadLimit = int.MaxValue;
        lock (_gate) _armed.Clear();
    }

    public bool TakeExpiredContinue() => Take(FaultPoint.ExpiredContinue);

    public bool TakeGoneStart() => Take(FaultPoint.GoneWatchStart);

    public bool TakeGoAway() => Take(FaultPoint.GoAway);

    public bool TakeExpiredStart() => Take(FaultPoint.ExpiredWatchStart);

    /// <summary>Holds the request up or refuses it, as armed. The probes of readiness are left alone: the server as such is up.</summary>
    public async Task BeforeAsync(HttpContext context, RequestInfo info)
    {
        if (!info.IsResource) return;
        Task? hang;
        lock (_gate) hang = _hang?.Task;
        if (hang is not null) await hang.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        if (Latency is var latency && latency > TimeSpan.Zero) await Task.Delay(latency, time, context.RequestAborted).ConfigureAwait(false);
        if (Take(FaultPoint.Answer)) throw new ApiException(_answer);
    }

    private bool Take(FaultPoint point)
    {
        lock (_gate)
        {
            if (!_armed.TryGetValue(point, out var left) || left == 0) return false;
            _armed[point] = left - 1;
            return true;
        }
    }
}
