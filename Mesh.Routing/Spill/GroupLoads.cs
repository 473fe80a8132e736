namespace Mesh.Spill;

/// <summary>What the groups of a service are together.</summary>
internal static class GroupLoads
{
    /// <summary>How far they themselves say that they are full, 0 to 1: whatever is calculated, nothing is turned away while they are not.</summary>
    public static double FullnessOf(ReadOnlySpan<GroupLoad> groups)
    {
        var (used, capacity) = (0.0, 0.0);
        foreach (ref readonly var group in groups)
        {
            if (group.HasCapacity)
            {
                used += Math.Min(SpillSettings.Overfull, group.Trusted) * group.Capacity;
                capacity += group.Capacity;
            }
        }

        return Math.Clamp(((used / capacity) - SpillSettings.Aim) / (SpillSettings.Nearly - SpillSettings.Aim), 0, 1);
    }

    /// <summary>Whether any has lost more than its rule of health bears: where nobody has, refusals may have any cause.</summary>
    public static bool IsSomeLost(ReadOnlySpan<GroupLoad> groups)
    {
        foreach (ref readonly var group in groups)
        {
            if (group.HasLost)
            {
                return true;
            }
        }

        return false;
    }
}
