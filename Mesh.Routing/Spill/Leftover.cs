namespace Mesh.Spill;

/// <summary>What is known to fit nowhere, and is not turned away on a guess: it goes to those of whom nothing is known, else it stays where it is.</summary>
internal static class Leftover
{
    private delegate double WeightOf(in GroupLoad group, double fraction);

    /// <summary>Adds it to what each is to get.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="fractions">What each gets now.</param>
    /// <param name="left">How much there is.</param>
    /// <param name="aims">What each is to get.</param>
    public static void Spread(ReadOnlySpan<GroupLoad> groups, ReadOnlySpan<double> fractions, double left, double[] aims)
    {
        Span<double> parts = stackalloc double[groups.Length];
        var sum = Weigh(groups, fractions, parts, static (in GroupLoad g, double _) => g.IsKnown ? 0 : g.Capacity);
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

    private static double Weigh(ReadOnlySpan<GroupLoad> groups, ReadOnlySpan<double> fractions, Span<double> parts, WeightOf weightOf)
    {
        var sum = 0.0;
        for (var i = 0; i < groups.Length; i++)
        {
            sum += parts[i] = weightOf(groups[i], fractions[i]);
        }

        return sum;
    }
}
