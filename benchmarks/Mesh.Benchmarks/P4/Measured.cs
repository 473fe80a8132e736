using System.Globalization;

namespace Mesh.Benchmarks.P4;

/// <summary>One start in a process of its own.</summary>
/// <param name="Milliseconds">Until everything was there.</param>
/// <param name="CpuMilliseconds">What the process used until then, all threads.</param>
/// <param name="CompilerMilliseconds">How much of that the JIT took, by the runtime's own count.</param>
/// <param name="Megabytes">What its heap held more than before, after a full collection.</param>
/// <param name="WarmMilliseconds">The same once more in the same process: until everything was there.</param>
/// <param name="WarmCpuMilliseconds">And what that used.</param>
internal readonly record struct Measured(double Milliseconds, double CpuMilliseconds, double CompilerMilliseconds, double Megabytes, double WarmMilliseconds, double WarmCpuMilliseconds)
{
    public static Measured Parse(string line) => line.Split(' ').Select(static f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray() is [var a, var b, var c, var d, var e, var f]
        ? new Measured(a, b, c, d, e, f)
        : throw new FormatException($"'{line}' is no measurement.");

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Milliseconds} {CpuMilliseconds} {CompilerMilliseconds} {Megabytes} {WarmMilliseconds} {WarmCpuMilliseconds}");
}
