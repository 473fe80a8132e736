using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Mesh.Benchmarks.P7;

/// <summary>A backend of known capacity: some workers that each need a fixed time, and a queue with a limit.</summary>
/// <param name="time">The clock.</param>
/// <param name="says">Whether it says with each answer how busy it is.</param>
internal sealed class BackendPod(TimeProvider time, bool says) : IDisposable
{
    public const string LoadHeader = "endpoint-load-metrics";
    public const string PodHeader = "pod";
    public const string ArrivedHeader = "arrived";
    public const string ClusterHeader = "cluster";

    private const int Workers = 4;
    private const int QueueLimit = 50;
    private const double ReportSeconds = 1;

    /// <summary>What one serves per second.</summary>
    public const double Capacity = 100;

    private static readonly TimeSpan Service = TimeSpan.FromSeconds(Workers / Capacity);

    private readonly SemaphoreSlim _workers = new(Workers);
    private readonly Lock _gate = new();
    private int _waiting;
    private double _offered;
    private double _offeredAt;

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="pod">Which pod of the cluster it is.</param>
    /// <param name="arrived">How many requests have arrived in the cluster.</param>
    public async Task AnswerAsync(HttpContext context, int pod, long arrived)
    {
        CountOffered();
        var headers = context.Response.Headers;
        headers[PodHeader] = pod.ToString(CultureInfo.InvariantCulture);
        headers[ArrivedHeader] = arrived.ToString(CultureInfo.InvariantCulture);
        if (Interlocked.Increment(ref _waiting) > QueueLimit + Workers)
        {
            Interlocked.Decrement(ref _waiting);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        else
        {
            await _workers.WaitAsync();
            await Task.Delay(Service, time);
            _workers.Release();
            Interlocked.Decrement(ref _waiting);
        }

        if (says)
        {
            headers[LoadHeader] = string.Create(CultureInfo.InvariantCulture, $"TEXT application_utilization={Utilization():0.###}");
        }
    }

    public void Dispose() => _workers.Dispose();

    private double Now => time.GetElapsedTime(0).TotalSeconds;

    private void CountOffered()
    {
        lock (_gate)
        {
            var now = Now;
            _offered = (_offered * Math.Exp((_offeredAt - now) / ReportSeconds)) + (1 / ReportSeconds);
            _offeredAt = now;
        }
    }

    private double Utilization()
    {
        lock (_gate)
        {
            return _offered * Math.Exp((_offeredAt - Now) / ReportSeconds) / Capacity;
        }
    }
}
