using System.Collections.Concurrent;
using Mesh.Doubles;

namespace Mesh.Probing;

/// <summary>Answers probes as a test says, and remembers them.</summary>
internal sealed class ScriptedProber : IEndpointProber
{
    private int _underWay;
    private int _mostUnderWay;

    /// <summary>Whoever is asked, in order.</summary>
    public ConcurrentQueue<(string Address, string? Path)> Asked { get; } = new();

    /// <summary>Addresses that fail, with what they say.</summary>
    public ConcurrentDictionary<string, string> Failing { get; } = new();

    /// <summary>Whether nobody answers.</summary>
    public bool Hangs { get; set; }

    /// <summary>Called before each answer.</summary>
    public Action<EndpointState>? OnAsked { get; set; }

    public int MostUnderWay => Volatile.Read(ref _mostUnderWay);

    public int UnderWay => Volatile.Read(ref _underWay);

    public int CountOf(string address) => Asked.Count(a => a.Address == address);

    public async Task<string?> ProbeAsync(EndpointState endpoint, string? path, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var address = endpoint.Address.ToString();
        Asked.Enqueue((address, path));
        OnAsked?.Invoke(endpoint);
        var now = Interlocked.Increment(ref _underWay);
        InterlockedMax(now);
        try
        {
            if (Hangs)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return Failing.GetValueOrDefault(address);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private void InterlockedMax(int now)
    {
        for (var most = MostUnderWay; now > most && Interlocked.CompareExchange(ref _mostUnderWay, now, most) != most; most = MostUnderWay)
        {
        }
    }
}
