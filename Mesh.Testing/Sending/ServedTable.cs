using System.Globalization;
using System.Text;

namespace Mesh.Sending;

/// <summary>Writes results for people.</summary>
internal static class ServedTable
{
    private const int FailuresShown = 5;

    public static string Write(SendResults results)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{results.Count} requests, {results.Failed} failed").AppendLine();
        var rows = results.Where(result => result is { Succeeded: true, ServedBy: not null })
            .CountBy(result => result.ServedBy!)
            .OrderBy(row => row.Key.Cluster, StringComparer.Ordinal).ThenBy(row => row.Key.Zone, StringComparer.Ordinal)
            .ThenBy(row => row.Key.Node, StringComparer.Ordinal).ThenBy(row => row.Key.Pod, StringComparer.Ordinal);
        foreach (var (by, count) in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {count,6}  {100.0 * count / results.Count,5:0.0} %  ")
                .Append(CultureInfo.InvariantCulture, $"{by.Cluster,-10} {by.Zone ?? "-",-8} {by.Node ?? "-",-6} {by.Pod}").AppendLine();
        }

        var strangers = results.Count(result => result is { Succeeded: true, ServedBy: null });
        if (strangers > 0) text.Append(CultureInfo.InvariantCulture, $"  {strangers,6}  by somebody who did not say who").AppendLine();
        var failures = results.Where(result => !result.Succeeded).GroupBy(result => Kind(result.Failure!)).OrderByDescending(group => group.Count()).ToList();
        foreach (var group in failures.Take(FailuresShown)) text.Append(CultureInfo.InvariantCulture, $"  {group.Count(),6}  failed   {group.First().Failure}").AppendLine();
        if (failures.Count > FailuresShown) text.Append(CultureInfo.InvariantCulture, $"          and {failures.Count - FailuresShown} other failures").AppendLine();
        return text.ToString();
    }

    /// <summary>The failure without its figures: the same failure says another duration each time.</summary>
    private static string Kind(string failure) => string.Concat(failure.Where(c => !char.IsAsciiDigit(c) && c != '.'));
}
