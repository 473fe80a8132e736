using Mesh.Affinity;
using Mesh.SlowStart;
using Mesh.Subsets;

namespace Mesh.Picks;

/// <summary>An algorithm with what every algorithm has around it in a tier: a subset, slow start, session affinity. Where none of them is needed, it is the algorithm itself.</summary>
/// <param name="algorithm">The algorithm.</param>
/// <param name="subsets">The process's choice among many endpoints.</param>
internal sealed class TierAlgorithm(EndpointPicker algorithm, SubsetChoice subsets) : EndpointPicker
{
    /// <summary>The algorithm itself.</summary>
    public EndpointPicker Algorithm => algorithm;

    public override bool IsConsistent => algorithm.IsConsistent;

    /// <summary>How many of a tier's endpoints the process uses.</summary>
    public static int CountInUse(EndpointPicker algorithm, EffectivePolicy policy, int count) =>
        algorithm.IsConsistent || policy.SubsetSize == 0 ? count : Math.Min(count, policy.SubsetSize);

    public override EndpointPicker ForTier(TierMembers tier)
    {
        var count = CountInUse(algorithm, tier.Policy, tier.Endpoints.Length);
        var picker = count == tier.Endpoints.Length ? algorithm.ForTier(tier) : subsets.Around(algorithm, tier, count);
        if (!algorithm.IsConsistent)
        {
            picker = SlowStartPicker.Around(picker, tier);
        }

        return tier.Policy.SessionAffinity is SessionAffinity.ClientIP or SessionAffinity.Header ? new AffinityPicker(picker, tier.Endpoints) : picker;
    }

    public override int Pick(in PickContext context) => algorithm.Pick(context);
}
