using System.Globalization;

namespace Mesh.Spill;

/// <summary>Says what the law of capacity goes by.</summary>
internal static class SpillWriter
{
    public static string Write(LevelLoad[] levels, GroupLoad[] groups, SpillLaw law)
    {
        var parts = levels.Select((level, i) => string.Create(CultureInfo.InvariantCulture, $"{level.Name} {groups[i].Capacity:0.#} of {groups[i].FullCapacity:0.#} {Busy(groups[i])}"));
        var demand = double.IsNaN(law.Measured) ? "demand not measured" : string.Create(CultureInfo.InvariantCulture, $"demand {law.Measured:0.#}");
        return $"{demand}; capacity {string.Join(", ", parts)}";
    }

    private static string Busy(in GroupLoad group) =>
        !group.IsKnown ? "(not known how busy)"
        : group.IsReported ? string.Create(CultureInfo.InvariantCulture, $"({100 * group.Utilization:0} % busy, as reported {group.Age:0} s ago)")
        : string.Create(CultureInfo.InvariantCulture, $"({100 * group.Utilization:0} % busy, by its latency)");
}
