using System.Globalization;

namespace Mesh.Benchmarks.P1;

/// <summary>The cost of one pick.</summary>
/// <param name="Nanoseconds">Time per pick and thread.</param>
/// <param name="Bytes">Allocated per pick.</param>
/// <param name="Running">The part of the time in which the threads ran: less than 1 where another process took a core from them.</param>
internal readonly record struct Measured(double Nanoseconds, double Bytes, double Running)
{
    public static Measured MedianOf(IReadOnlyCollection<Measured> all) =>
        new(Middle(all.Select(static m => m.Nanoseconds)), Middle(all.Select(static m => m.Bytes)), Middle(all.Select(static m => m.Running)));

    /// <summary>The rounds that were disturbed least by other processes. Chosen by who had the cores, not by how fast they were.</summary>
    public static IReadOnlyList<Measured> Undisturbed(IReadOnlyCollection<Measured> all, int count) => [.. all.OrderByDescending(static m => m.Running).Take(count)];

    /// <summary>The fastest round, and the most that any allocated: what the code itself costs, where the machine did nothing else.</summary>
    public static Measured LeastOf(IReadOnlyCollection<Measured> all) => new(all.Min(static m => m.Nanoseconds), all.Max(static m => m.Bytes), all.Min(static m => m.Running));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds:0} ns, {Bytes:0.##} B");

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
