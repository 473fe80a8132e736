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
        var members = new TierMembers(layout.Place.Name, ImmutableCollectionsMarshal.AsImmutableArray(endpoints), ImmutableCollectionsMarshal.AsImmutableArray(layout.Members), policy);
        try
        {
            Picker = algorithm.ForTier(members);
        }
        catch (Exception e)
        {
            // It is the application's own, and may throw anything: requests are told it, and explanations show it.
            Failure = e;
            Picker = new UnmadePicker(algorithm, members);
        }
    }

    public TierLayout Layout { get; }

    public EndpointState[] Endpoints { get; }

    /// <summary>How many ejected ones are among them, since too few would be left.</summary>
    public int Readmitted { get; }

    /// <summary>How many of them this process uses.</summary>
    public int InUse { get; }

    public EndpointPicker Picker { get; }

    /// <summary>What the algorithm threw when it was told of the tier; <see langword="null"/> mostly.</summary>
    public Exception? Failure { get; }

    /// <summary>What the algorithm returned when it last chose nobody; <see langword="null"/> where it never did.</summary>
    public int? Refused
    {
        get => Volatile.Read(ref _refused) is var said and not long.MinValue ? (int)said : null;
        set => Volatile.Write(ref _refused, value ?? long.MinValue);
    }

    /// <summary>Those of the tier that may not be picked: ejected, or down. Made when a request first needs them.</summary>
    public EndpointState[] Others => _others ??= Endpoints == Layout.Members ? [] : [.. Layout.Members.Except(Endpoints)];

    private EndpointState[]? _others;
    private long _refused = long.MinValue;
}
