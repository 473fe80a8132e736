namespace Mesh.Spill;

/// <summary>Fills groups in order, like basins: each to the aim, and where that does not hold all of it, all alike up to full.</summary>
internal static class WaterLevel
{
    private const int Halvings = 20;

    /// <summary>What of <paramref name="demand"/> goes to each group.</summary>
    /// <param name="demand">How much there is, in units of capacity.</param>
    /// <param name="capacity">What each group carries.</param>
    /// <param name="taken">What others have put there.</param>
    /// <param name="most">What may go there at most, however empty it is.</param>
    /// <param name="amounts">Takes what goes to each.</param>
    /// <param name="level">How full they are made: between <see cref="SpillSettings.Aim"/> and <see cref="SpillSettings.Full"/>.</param>
    /// <returns>What nobody has room for.</returns>
    public static double Fill(double demand, ReadOnlySpan<double> capacity, ReadOnlySpan<double> taken, ReadOnlySpan<double> most, Span<double> amounts, out double level)
    {
        level = SpillSettings.Aim;
        if (RoomAt(level, capacity, taken, most) < demand)
        {
            level = SpillSettings.Full;
            if (RoomAt(level, capacity, taken, most) > demand)
            {
                var (low, high) = (SpillSettings.Aim, SpillSettings.Full);
                for (var i = 0; i < Halvings; i++)
                {
                    level = (low + high) / 2;
                    if (RoomAt(level, capacity, taken, most) < demand)
                    {
                        low = level;
                    }
                    else
                    {
                        high = level;
                    }
                }

                level = high;
            }
        }

        var left = demand;
        for (var i = 0; i < amounts.Length; i++)
        {
            amounts[i] = Math.Min(left, RoomAt(LevelOf(i, level), capacity[i], taken[i], most[i]));
            left -= amounts[i];
        }

        return Math.Max(0, left);
    }

    private static double RoomAt(double level, ReadOnlySpan<double> capacity, ReadOnlySpan<double> taken, ReadOnlySpan<double> most)
    {
        var sum = 0.0;
        for (var i = 0; i < capacity.Length; i++)
        {
            sum += RoomAt(LevelOf(i, level), capacity[i], taken[i], most[i]);
        }

        return sum;
    }

    // The nearest group is its callers' own: what comes from elsewhere leaves it first.
    private static double LevelOf(int index, double level) => index > 0 ? level : level + ((level - SpillSettings.Aim) * (SpillSettings.Cut - SpillSettings.Full) / (SpillSettings.Full - SpillSettings.Aim));

    private static double RoomAt(double level, double capacity, double taken, double most) => Math.Clamp(level * capacity - taken, 0, Math.Max(0, most));
}
