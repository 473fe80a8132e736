namespace Mesh.Spill;

/// <summary>
/// <see cref="SpillOver.None"/>: the first level that has somebody takes everything, its clusters by weight, and in each the nearest tier that has somebody.
/// </summary>
internal sealed class NoSpill : ISpillRule
{
    public static readonly NoSpill Instance = new();

    public TierShares Split(SpillTier[] tiers, double now)
    {
        var parts = new double[tiers.Length];
        var spares = SpillDomain.OnlySparesAreLeft(tiers);
        var level = -1;
        foreach (var domain in SpillDomain.Of(tiers))
        {
            if (!domain.IsUsable || (!spares && domain.Weight == 0) || (level >= 0 && domain.Level != level))
            {
                continue;
            }

            level = domain.Level;
            parts[domain.FirstUsable] = spares ? 1 : domain.Weight;
        }

        return new TierShares(parts);
    }
}
