using System.Runtime.InteropServices;
using Mesh.Picks;

namespace Mesh.Tables;

/// <summary>Who of a tier may be picked, as health is now.</summary>
internal sealed class UsableTier
{
    public UsableTier(TierLayout layout, EndpointState[] endpoints, int readmitted, EndpointPicker algorithm, EffectivePolicy policy)
    {
        Layout = layout;
        Endpoints = endpoints;
        Readmitted = readmitted;
        InUse = TierAlgorithm.CountInUse(algorithm, policy, endpoints.Length);
        Picker = algorithm.ForTier(new TierMembers(layout.Place.Name, ImmutableCollectionsMarshal.AsImmutableArray(endpoints), ImmutableCollectionsMarshal.AsImmutableArray(layout.Members), policy));
    }

    public TierLayout Layout { get; }

    public EndpointState[] Endpoints { get; }

    /// <summary>How many ejected ones are among them, since too few would be left.</summary>
    public int Readmitted { get; }

    /// <summary>How many of them this process uses.</summary>
    public int InUse { get; }

    public EndpointPicker Picker { get; }
}
