namespace Mesh.Spill;

/// <summary>Groups that come, go and change their order.</summary>
internal static class PlaceOrder
{
    /// <summary>What was known of each group, in the order of now.</summary>
    /// <param name="values">What was known, in the order of before.</param>
    /// <param name="before">The place that each had before, −1 for a new one.</param>
    /// <param name="count">How many there are now.</param>
    /// <param name="otherwise">What holds of a new one.</param>
    public static double[] Carry(ReadOnlySpan<double> values, ReadOnlySpan<int> before, int count, double otherwise)
    {
        var carried = new double[count];
        for (var i = 0; i < count; i++)
        {
            var from = i < before.Length ? before[i] : -1;
            carried[i] = (uint)from < (uint)values.Length ? values[from] : otherwise;
        }

        return carried;
    }
}
