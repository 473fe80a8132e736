namespace Mesh;

/// <summary>
/// An algorithm that chooses among the endpoints of one tier. Derive from it and add it by name to have your own. Called by many threads at once and for
/// every request: it must not block.
/// </summary>
public abstract class EndpointPicker
{
    /// <summary>
    /// Whether the same key (<see cref="PickHints.Hash"/>) must lead to the same endpoint in every process. Such an algorithm is given the whole tier whatever
    /// <see cref="ServicePolicy.SubsetSize"/> says, and <see cref="ServicePolicy.SlowStart"/> does not hold for it. Default: <see langword="false"/>.
    /// </summary>
    public virtual bool IsConsistent => false;

    /// <summary>
    /// The picker of one tier, asked for whenever a tier is built: what depends on the members (a hash ring, a rotation) lives in the object returned. By default
    /// the same object serves all tiers.
    /// </summary>
    public virtual EndpointPicker ForTier(TierMembers tier) => this;

    /// <summary>Chooses one of <see cref="PickContext.Endpoints"/>: its index; −1, or any number that is no index, for none.</summary>
    public abstract int Pick(in PickContext context);
}
