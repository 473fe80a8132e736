namespace Mesh.Tiers;

/// <summary>A mode's order of tiers: says for each endpoint which tier it belongs to.</summary>
internal interface ITierPlan
{
    /// <summary>The tier of an endpoint at <paramref name="locality"/>, or <see langword="null"/> where the mode does not use it.</summary>
    TierPlace? Place(in Locality locality);

    /// <summary>The node, zone or cluster tier of the own cluster.</summary>
    TierPlace InOwn(TierKind kind);
}
