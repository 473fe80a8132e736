namespace Mesh.Spill;

/// <summary>What is known to fit nowhere, and is not turned away on a guess: it goes to those of whom nothing is known, else it stays where it is.</summary>
internal static class Leftover
{
    private delegate double WeightOf(in GroupLoad group, double value);

    /// <summary>Adds it to what each is to get.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="taken">What others have put there, as far as it is gone by; NaN where nothing is, whatever was heard.</param>
    /// <param name="fractions">What each gets now.</param>
    /// <param name="left">How much there is.</param>
    /// <param name="aims">What each is to get.</param>
    public static void Spread(ReadOnlySpan<GroupLoad> groups, ReadOnlySpan<double> taken, ReadOnlySpan<double> fractions, double left, double[] aims)
    {
        Span<double> parts = stackalloc double[groups.Length];
        var sum = Weigh(groups, taken, parts, static (in GroupLoad g, double taken) => double.IsNaN(taken) ? g.Capacity : 0);
        if (sum == 0)
        {
            sum = Weigh(groups, fractions, parts, static (in GroupLoad g, double fraction) => g.HasCapacity ? fraction : 0);
        }

        if (sum == 0)
        {
            sum = Weigh(groups, fractions, parts, static (in GroupLoad g, double _) => g.Capacity);
        }

        if (sum == 0)
        {
            // Nobody can be picked: the table answers for itself.
            (parts[0], sum) = (1, 1);
        }

        for (var i = 0; i < aims.Length; i++)
        {
            aims[i] += left * parts[i] / sum;
        }
    }

    private static double Weigh(ReadOnlySpan<GroupLoad> groups, ReadOnlySpan<double> values, Span<double> parts, WeightOf weightOf)
    {
        var sum = 0.0;
        for (var i = 0; i < groups.Length; i++)
        {
            sum += parts[i] = weightOf(groups[i], values[i]);
        }

        return sum;
    }
}
