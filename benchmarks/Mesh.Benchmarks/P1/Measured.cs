using System.Globalization;

namespace Mesh.Benchmarks.P1;

/// <summary>The cost of one pick.</summary>
internal readonly record struct Measured(double Nanoseconds, double Bytes)
{
    public static Measured MedianOf(IReadOnlyCollection<Measured> all) =>
        new(Middle(all.Select(static m => m.Nanoseconds)), Middle(all.Select(static m => m.Bytes)));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds:0} ns, {Bytes:0.##} B");

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
