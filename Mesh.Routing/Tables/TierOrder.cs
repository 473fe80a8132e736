using Mesh.Tiers;

namespace Mesh.Tables;

/// <summary>Says of the tiers of a table, in their order, which are of one level and which of one domain, and how many each lacks.</summary>
internal static class TierOrder
{
    public static TierLayout[] Arrange(TierLayout[] tiers, IReadOnlyDictionary<TierPlace, int> missing)
    {
        var lacks = Lacks(tiers, missing);
        var arranged = new TierLayout[tiers.Length];
        for (int i = 0, level = -1, domain = -1; i < tiers.Length; i++)
        {
            var place = tiers[i].Place;
            var before = i == 0 ? (TierPlace?)null : tiers[i - 1].Place;
            var isSameDomain = before is { IsOwn: true } && place.IsOwn && before.Value.Level == place.Level;
            var isSameLevel = isSameDomain || (before?.Level == place.Level && before?.Weight is not null && place.Weight is not null);
            level += isSameLevel ? 0 : 1;
            domain += isSameDomain ? 0 : 1;
            arranged[i] = tiers[i] with { Level = level, Domain = domain, Missing = lacks[i] };
        }

        return arranged;
    }

    private static int[] Lacks(TierLayout[] tiers, IReadOnlyDictionary<TierPlace, int> missing)
    {
        var lacks = new int[tiers.Length];
        foreach (var (place, count) in missing)
        {
            var index = Array.FindIndex(tiers, t => t.Place == place);
            if (index < 0 && place.IsOwn)
            {
                // A tier of the own cluster that nobody is ready in is none; the cluster lacks them all the same.
                index = Array.FindLastIndex(tiers, t => t.Place.IsOwn && t.Place.Level == place.Level);
            }

            if (index >= 0)
            {
                lacks[index] += count;
            }
        }

        return lacks;
    }
}
