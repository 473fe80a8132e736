using System.Diagnostics.CodeAnalysis;

namespace Mesh;

/// <summary>The outcome of a pick: an endpoint, or why there is none. Made by the engine only, so that no illegal mix exists.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Never compared.")]
public readonly struct PickResult
{
    private PickResult(PickStatus status, in EndpointLease lease, int tier)
    {
        Status = status;
        Lease = lease;
        _tier = tier;
    }

    // Of a pick without an endpoint, the tier whose algorithm chose nobody.
    private readonly int _tier;

    /// <summary>How it went.</summary>
    public PickStatus Status { get; }

    /// <summary>The endpoint; <see langword="null"/> unless <see cref="Status"/> is <see cref="PickStatus.Endpoint"/>.</summary>
    public EndpointState? Endpoint => Lease.Endpoint;

    /// <summary>The try at the endpoint, to be reported and released; <see langword="default"/> without one.</summary>
    public EndpointLease Lease { get; }

    /// <summary>The place of the endpoint's tier, 0 = nearest; −1 without an endpoint.</summary>
    public int Tier => HasEndpoint ? _tier : -1;

    /// <summary>Whether there is an endpoint.</summary>
    [MemberNotNullWhen(true, nameof(Endpoint))]
    public bool HasEndpoint => Status == PickStatus.Endpoint;

    internal static PickResult Of(in EndpointLease lease, int tier) => new(PickStatus.Endpoint, lease, tier);

    /// <summary>The first tier whose algorithm was asked and chose nobody; −1 where there is an endpoint, or no algorithm was asked.</summary>
    internal int RefusedTier => HasEndpoint ? -1 : _tier;

    /// <param name="why">Why there is none.</param>
    /// <param name="refused">See <see cref="RefusedTier"/>.</param>
    internal static PickResult None(PickStatus why, int refused = -1) => new(why, default, refused);
}
