using Mesh.Tables;

namespace Mesh.Spill;

/// <summary>A tier as a rule of spill-over sees it.</summary>
/// <param name="Layout">The tier: everybody who is ready, and where it stands among the others.</param>
/// <param name="Usable">Who may be picked; empty where nobody may.</param>
/// <param name="Healthy">How many there are that are ready, not ejected, and not behind a breaker that is open. Those behind a gateway count one by one.</param>
/// <param name="Total">How many there are in all, those that are not ready included.</param>
/// <param name="Refusing">Who is left out only for answers that it gave: it lives, and may be picked where <see cref="TierShares.TakesBack"/> says so.</param>
internal readonly record struct SpillTier(TierLayout Layout, EndpointState[] Usable, double Healthy, double Total, EndpointState[] Refusing)
{
    /// <summary>The tier with those that only refuse as ones that may be picked.</summary>
    public SpillTier WithRefusing() => Refusing.Length == 0 ? this : this with { Usable = [.. Usable.Union(Refusing)], Healthy = Healthy + Refusing.Sum(static e => e.Ready), TakesBack = true };

    /// <summary>Whether those that only refuse count as ones that may be picked.</summary>
    public bool TakesBack { get; private init; }

    /// <summary>Levels are used one after another. Ascending; clusters that share by weight are of one level.</summary>
    public int Level => Layout.Level;

    /// <summary>
    /// Tiers of one domain carry their load together: the node, zone and cluster tiers of the own cluster; elsewhere each tier is one. What a part of a domain cannot carry the rest of it does
    /// first. Ascending, a domain's tiers side by side.
    /// </summary>
    public int Domain => Layout.Domain;

    /// <summary>The weight of its domain beside the others of its level; 0 for a spare, which gets nothing while another lives.</summary>
    public int Weight => Layout.Place.Weight ?? 1;

    /// <summary>Whether it belongs to the caller's own cluster.</summary>
    public bool IsOwn => Layout.Place.IsOwn;

    public bool IsUsable => Usable.Length != 0;
}
