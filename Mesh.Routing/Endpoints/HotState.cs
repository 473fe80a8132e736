using Mesh.Picks;
using Mesh.Retries;

namespace Mesh.Endpoints;

/// <summary>
/// What every pick touches, side by side: a pick reads two endpoints at random, and among thousands each cache line it touches is a miss.
/// </summary>
internal struct HotState(RequestLoad service, int weight)
{
    private const long OnePick = (1L << 32) + 1;

    private readonly RequestLoad _service = service;

    // High 32 bits: picks so far (wraps). Low 32 bits: in flight. One atomic addition counts both.
    private long _load;

    /// <summary>Its share of load beside others.</summary>
    public int Weight = weight;

    /// <summary>The latency.</summary>
    public PeakEwma Cost = new();

    /// <summary>Whether the endpoint is gone: a release should look closer.</summary>
    public volatile bool IsRetired;

    public readonly int InFlight => Math.Max(0, (int)Volatile.Read(in _load));

    /// <summary>How many requests of the service are under way.</summary>
    public readonly int ServiceInFlight => _service.InFlight;

    /// <summary>How often it was picked; wraps after 2³².</summary>
    public readonly uint Picks
    {
        get
        {
            // Below zero in flight, for a moment, is no pick less.
            var load = Volatile.Read(in _load);
            return (uint)((load - (int)load) >> 32);
        }
    }

    public void Enter(bool isRequest)
    {
        Interlocked.Add(ref _load, OnePick);
        _service.Enter(isRequest);
    }

    /// <summary>One less in flight; how many are left.</summary>
    public int Exit()
    {
        _service.Exit();
        var left = (int)Interlocked.Decrement(ref _load);
        return left >= 0 ? left : TakeBack();
    }

    // Somebody has released twice: taken back as soon as it shows, it is forgotten once nothing is under way.
    private int TakeBack()
    {
        for (var load = Volatile.Read(ref _load); (int)load < 0; load = Volatile.Read(ref _load))
        {
            if (Interlocked.CompareExchange(ref _load, load + 1, load) == load)
            {
                _service.Enter(isRequest: false);
                break;
            }
        }

        return 0;
    }
}
