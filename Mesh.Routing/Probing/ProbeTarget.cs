using System.Collections.Immutable;

namespace Mesh.Probing;

/// <summary>Somebody who is probed, and whom it is told to.</summary>
internal sealed class ProbeTarget(ProbeKey key) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private ImmutableArray<(EndpointState Endpoint, ProbeRule Rule)> _members = [];

    public ProbeKey Key => key;

    public ProbeHealth Health { get; } = new();

    /// <summary>Fires when nobody needs it any more.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Those who are reached there: one, or of a gateway a state for each service.</summary>
    public ImmutableArray<(EndpointState Endpoint, ProbeRule Rule)> Members => _members;

    /// <summary>What the one of the members says who wants it soonest.</summary>
    public ProbeRule? Rule => _members.MinBy(static m => m.Rule.Interval).Rule;

    /// <summary>Adds one, or gives it another rule. Under the schedule's lock, as <see cref="Remove"/>.</summary>
    public void Set(EndpointState endpoint, ProbeRule rule)
    {
        _members = [.. _members.Where(m => m.Endpoint != endpoint), (endpoint, rule)];
        endpoint.Probe(Health);
    }

    /// <summary>Takes one out, who counts as well from now on; whether it was the last.</summary>
    public bool Remove(EndpointState endpoint)
    {
        _members = [.. _members.Where(m => m.Endpoint != endpoint)];
        endpoint.Probe(null);
        if (!_members.IsEmpty)
        {
            return false;
        }

        Dispose();
        return true;
    }

    // Cancelled and not disposed: its loop may be asking for the token still. It holds nothing. What a prober does when it is cancelled is done elsewhere: the schedule's lock is held here.
    public void Dispose() => _ = _stop.CancelAsync();
}
