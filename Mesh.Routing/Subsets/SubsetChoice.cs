using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mesh.Hashing;

namespace Mesh.Subsets;

/// <summary>
/// Which of many endpoints this process uses: those with its best scores (rendezvous hashing; gRFC A68), so that processes use different ones, one that goes is replaced by the next best, and one that comes
/// takes one place at most.
/// </summary>
/// <param name="process">A number of the process's own.</param>
internal sealed class SubsetChoice(ulong process)
{
    private readonly ConditionalWeakTable<EndpointState[], EndpointState[]> _ranked = [];

    /// <summary>A picker over the best <paramref name="count"/> of a tier that has more.</summary>
    public EndpointPicker Around(EndpointPicker algorithm, TierMembers tier, int count)
    {
        var places = new Dictionary<EndpointState, int>(tier.Endpoints.Length);
        for (var i = 0; i < tier.Endpoints.Length; i++)
        {
            places[tier.Endpoints[i]] = i;
        }

        // Ranked once for a tier's members; who may not be picked now is passed over.
        var ranked = _ranked.GetValue(ImmutableCollectionsMarshal.AsArray(tier.All)!, Rank);
        EndpointState[] subset = [.. ranked.Where(places.ContainsKey).Take(count)];
        var members = ImmutableCollectionsMarshal.AsImmutableArray(subset);
        return new SubsetPicker(algorithm.ForTier(new TierMembers(tier.Name, members, tier.All, tier.Policy)), tier.Endpoints, subset, Array.ConvertAll(subset, e => places[e]));
    }

    private EndpointState[] Rank(EndpointState[] all)
    {
        var scores = Array.ConvertAll(all, e => ~Rendezvous.Score(process, e.Id));
        EndpointState[] ranked = [.. all];
        Array.Sort(scores, ranked);
        return ranked;
    }
}
