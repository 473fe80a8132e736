using System.Collections.Immutable;
using System.Globalization;

namespace Mesh.Merging;

/// <summary>
/// Whose word holds where clusters disagree (KEP-1645): what is exported before what is not, then the oldest export, a date before none, ties by cluster name. Dates are each
/// cluster's own clock's word, so whoever loses is told both: a clock that lies, and a tie, can be seen.
/// </summary>
internal static class Precedence
{
    public static ImmutableArray<ClusterContribution> Order(ImmutableArray<ClusterContribution> contributions) =>
        contributions.Sort(static (left, right) =>
        {
            var order = right.Service.IsExported.CompareTo(left.Service.IsExported);
            order = order != 0 ? order : (left.Service.ExportedAt ?? DateTimeOffset.MaxValue).CompareTo(right.Service.ExportedAt ?? DateTimeOffset.MaxValue);
            order = order != 0 ? order : left.Cluster.CompareTo(right.Cluster);
            return order != 0 ? order : string.CompareOrdinal(left.Source, right.Source);
        });

    /// <summary>Why the word of <paramref name="winner"/> holds and not that of <paramref name="loser"/>, as the end of a sentence.</summary>
    public static string Reason(ClusterContribution winner, ClusterContribution loser)
    {
        var name = winner.Cluster == loser.Cluster ? "the source's name" : "the cluster's name";
        return (winner.Service.ExportedAt, loser.Service.ExportedAt) switch
        {
            ({ } first, { } second) when first < second => $"whose export is older ({Written(first)}, this one's {Written(second)}); the older one's word holds.",
            ({ } both, not null) => $"exported at the same time ({Written(both)}); then {name} decides.",
            ({ } first, null) => $"whose export has a date ({Written(first)}), and this one's has none; the dated one's word holds.",
            _ => $"and neither says since when it is exported; then {name} decides.",
        };
    }

    private static string Written(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
