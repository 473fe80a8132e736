namespace Mesh.Spill;

/// <summary>
/// How much each of several levels, used one after another, carries, in whole percent: Envoy's priority load ("Priority levels" and "Panic threshold" of its load balancing). A level's score is
/// 1.4 times the part of it that is healthy; it takes that many percent of what those before it have left. Where the scores make less than 100 together, they are scaled up to it.
/// </summary>
internal static class PriorityLoad
{
    private const double Overprovisioning = 140;
    private const double PanicBelow = 0.5;

    /// <summary>The score of a level, 0 to 100.</summary>
    /// <param name="availability">The part of it that is healthy, 0 to 1.</param>
    /// <param name="isUsable">Whether anybody in it may be picked; then it is at least 1.</param>
    public static int Score(double availability, bool isUsable) => isUsable ? Math.Clamp((int)(Overprovisioning * availability + 1e-9), 1, 100) : 0;

    /// <summary>The loads of levels with these scores: 100 together, where any has one.</summary>
    public static int[] Of(ReadOnlySpan<int> scores)
    {
        var loads = new int[scores.Length];
        var sum = 0;
        foreach (var score in scores)
        {
            sum += score;
        }

        if (sum == 0)
        {
            return loads;
        }

        var (left, first) = (100, -1);
        for (var i = 0; i < loads.Length; i++)
        {
            loads[i] = Math.Min(left, scores[i] * 100 / Math.Min(100, sum));
            left -= loads[i];
            first = first < 0 && scores[i] > 0 ? i : first;
        }

        loads[first] += left;
        return loads;
    }

    /// <summary>Which levels are in panic: under half of them are healthy, and all levels together cannot carry everything.</summary>
    public static bool[] PanicOf(ReadOnlySpan<int> scores, ReadOnlySpan<double> availabilities)
    {
        var sum = 0;
        foreach (var score in scores)
        {
            sum += score;
        }

        var panic = new bool[scores.Length];
        for (var i = 0; i < panic.Length; i++)
        {
            panic[i] = sum < 100 && availabilities[i] < PanicBelow;
        }

        return panic;
    }

    /// <summary>The loads where every level is in panic: by their sizes, since who is healthy tells nothing any more.</summary>
    public static int[] BySize(ReadOnlySpan<double> sizes)
    {
        var total = 0d;
        foreach (var size in sizes)
        {
            total += size;
        }

        var loads = new int[sizes.Length];
        var (left, first) = (100, -1);
        for (var i = 0; i < loads.Length && total > 0; i++)
        {
            loads[i] = (int)(100 * sizes[i] / total + 1e-9);
            left -= loads[i];
            first = first < 0 && sizes[i] > 0 ? i : first;
        }

        if (first >= 0)
        {
            loads[first] += left;
        }

        return loads;
    }
}
