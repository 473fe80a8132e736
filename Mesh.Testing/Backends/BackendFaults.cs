using System.Net;

namespace Mesh;

/// <summary>What goes wrong in a backend; changeable at any time, for the requests that arrive from then on. Thread-safe.</summary>
public sealed class BackendFaults
{
    private readonly Lock _lock = new();
    private readonly Random _random;
    private TaskCompletionSource? _hanging;
    private double _errorRate;
    private HttpStatusCode _errorStatus = HttpStatusCode.ServiceUnavailable;
    private TimeSpan _latency;

    internal BackendFaults(int seed) => _random = new Random(seed);

    /// <summary>The part of the requests answered with <see cref="ErrorStatus"/>, 0 to 1; the seed decides which. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not in 0 to 1.</exception>
    public double ErrorRate
    {
        get => Volatile.Read(ref _errorRate);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 0);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
            Volatile.Write(ref _errorRate, value);
        }
    }

    /// <summary>The status of those answers. Default: 503.</summary>
    public HttpStatusCode ErrorStatus
    {
        get => _errorStatus;
        set => _errorStatus = value;
    }

    /// <summary>How long it thinks before it answers. Default: zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan Latency
    {
        get
        {
            lock (_lock) return _latency;
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            lock (_lock) _latency = value;
        }
    }

    /// <summary>Accepts connections and requests and answers none, until <see cref="Clear"/>: then those that still wait are answered.</summary>
    public void Hang()
    {
        lock (_lock) _hanging ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Ends every fault.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _hanging?.SetResult();
            _hanging = null;
            _latency = TimeSpan.Zero;
        }

        ErrorRate = 0;
        ErrorStatus = HttpStatusCode.ServiceUnavailable;
    }

    /// <summary>Waits as the faults say; returns the error to answer with, or <see langword="null"/>.</summary>
    internal async ValueTask<HttpStatusCode?> PassAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        Task hanging;
        TimeSpan latency;
        bool fails;
        lock (_lock)
        {
            hanging = _hanging?.Task ?? Task.CompletedTask;
            latency = _latency;
            fails = ErrorRate > 0 && _random.NextDouble() < ErrorRate;
        }

        await hanging.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (latency > TimeSpan.Zero) await Task.Delay(latency, time, cancellationToken).ConfigureAwait(false);
        return fails ? ErrorStatus : null;
    }
}
