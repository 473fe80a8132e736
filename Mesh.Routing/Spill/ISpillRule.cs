namespace Mesh.Spill;

/// <summary>How requests are shared out among the tiers of a table: what stays near, what goes on, what nobody can carry. Used under the service's lock, whenever a table is built.</summary>
internal interface ISpillRule
{
    /// <summary>Shares the requests out as things are now. Changes nothing, so that a dry run may ask as well.</summary>
    /// <param name="tiers">The tiers in order, at least one of which has somebody.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    TierShares Split(SpillTier[] tiers, double now);

    /// <summary>
    /// A second has passed, and the service is in use: the place for a rule with a memory to learn and to move. Where <see cref="Split"/> then says something else by more than half a point,
    /// tables are built again.
    /// </summary>
    /// <param name="tiers">The tiers of the table that was built last.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    void Move(SpillTier[] tiers, double now)
    {
    }
}
