namespace Mesh.Spill;

/// <summary>The tiers that carry their load together, side by side in the table.</summary>
/// <param name="Tiers">All tiers of the table.</param>
/// <param name="First">The first of the domain.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct SpillDomain(SpillTier[] Tiers, int First, int Count)
{
    public int Level => Tiers[First].Level;

    public int Weight => Tiers[First].Weight;

    public bool IsOwn => Tiers[First].IsOwn;

    public ReadOnlySpan<SpillTier> Members => Tiers.AsSpan(First, Count);

    public bool IsUsable => FirstUsable >= 0;

    /// <summary>The place of its nearest tier that has somebody; −1 where none has.</summary>
    public int FirstUsable => Array.FindIndex(Tiers, First, Count, static t => t.IsUsable);

    public double Healthy
    {
        get
        {
            var sum = 0d;
            foreach (var tier in Members)
            {
                sum += tier.Healthy;
            }

            return sum;
        }
    }

    public double Total
    {
        get
        {
            var sum = 0d;
            foreach (var tier in Members)
            {
                sum += tier.Total;
            }

            return sum;
        }
    }

    /// <summary>The part of it that is healthy, 0 to 1.</summary>
    public double Availability => Total > 0 ? Math.Min(1, Healthy / Total) : 0;

    /// <summary>The domains of a table, in order.</summary>
    public static List<SpillDomain> Of(SpillTier[] tiers)
    {
        var domains = new List<SpillDomain>();
        for (int first = 0, next; first < tiers.Length; first = next)
        {
            next = first + 1;
            while (next < tiers.Length && tiers[next].Domain == tiers[first].Domain)
            {
                next++;
            }

            domains.Add(new SpillDomain(tiers, first, next - first));
        }

        return domains;
    }

    /// <summary>Whether nobody else than clusters of weight 0 may be picked.</summary>
    public static bool OnlySparesAreLeft(SpillTier[] tiers) => !Array.Exists(tiers, static t => t.IsUsable && t.Weight != 0);
}
