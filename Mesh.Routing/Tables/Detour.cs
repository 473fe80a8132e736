using Mesh.Health;

namespace Mesh.Tables;

/// <summary>A request that goes elsewhere than where it would, to find out: the probe of one endpoint, or the trial of a whole tier or cluster.</summary>
/// <param name="Tier">The place of the tier.</param>
/// <param name="Endpoint">The endpoint to probe, or <see langword="null"/>.</param>
/// <param name="Breaker">The breaker to try, or <see langword="null"/>.</param>
/// <param name="Members">Whom a trial may go to.</param>
internal sealed record Detour(int Tier, EndpointState? Endpoint, Breaker? Breaker, EndpointState[] Members)
{
    /// <summary>Takes the permit, where it is free.</summary>
    /// <param name="random">The calling thread's random state.</param>
    public EndpointState? TryTake(ref ulong random)
    {
        if (Endpoint is not null)
        {
            return Endpoint.Health.TryTakeProbe() ? Endpoint : null;
        }

        if (!Breaker!.TryTakeTrial())
        {
            return null;
        }

        var chosen = Members[new PickContext([], default, ref random).NextIndex(Members.Length)];

        // Where it was ejected on the way, the trial is its probe as well.
        chosen.Health.TryTakeProbe(early: true);
        return chosen;
    }
}
