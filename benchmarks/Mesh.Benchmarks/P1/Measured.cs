using System.Globalization;

namespace Mesh.Benchmarks.P1;

/// <summary>The cost of one pick.</summary>
internal readonly record struct Measured(double Nanoseconds, double Bytes)
{
    public static Measured MedianOf(IReadOnlyCollection<Measured> all) =>
        new(all.Select(static m => m.Nanoseconds).Order().ElementAt(Environment.GetEnvironmentVariable("P1MIN") is null ? all.Count / 2 : 1), all.Select(static m => m.Bytes).Order().ElementAt(Environment.GetEnvironmentVariable("P1MIN") is null ? all.Count / 2 : 1));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds:0} ns, {Bytes:0.##} B");
}
