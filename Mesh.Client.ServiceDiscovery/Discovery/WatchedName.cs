using System.Diagnostics.CodeAnalysis;

namespace Mesh.Discovery;

/// <summary>One answer that was given, for as long as it holds.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source of a token holds nothing unless its wait handle is asked for, and whoever holds the token may outlive the provider.")]
internal sealed class WatchedName(MeshRouter router, ServiceHost host, Resolution answer)
{
    private readonly CancellationTokenSource _changed = new();
    private long _seen = -1;

    /// <summary>What was asked for.</summary>
    public string Name => host.Name;

    /// <summary>What was answered.</summary>
    public Resolution Answer => answer;

    /// <summary>Fires when it no longer holds.</summary>
    public CancellationToken Changed => _changed.Token;

    /// <summary>Whether the answer would be another now. Costs next to nothing while no table has changed, and keeps the service in use.</summary>
    public bool IsOutdated()
    {
        var seen = Stamp();
        if (seen == Volatile.Read(ref _seen))
        {
            return false;
        }

        Volatile.Write(ref _seen, seen);
        return !EndpointResolver.Resolve(router, host).Equals(answer);
    }

    public void End() => _changed.Cancel();

    private long Stamp()
    {
        var stamp = 0L;
        foreach (var uri in host.Uris)
        {
            var match = router.Match(uri);
            stamp = unchecked((stamp * 31) + (match.Kind == HostKind.Service ? router.GetRoute(match).Revision + 1 : 0));
        }

        return stamp;
    }
}
