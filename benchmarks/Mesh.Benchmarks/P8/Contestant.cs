using System.Diagnostics;
using System.Globalization;

namespace Mesh.Benchmarks.P8;

/// <summary>One kind of application, started again and again.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Arguments">What makes the program that application.</param>
/// <param name="Program">A program of its own; <see langword="null"/> for this one.</param>
internal sealed record Contestant(string Name, string[] Arguments, string? Program = null)
{
    /// <summary>Starts it, waits for its first answer, and lets it end.</summary>
    public async Task<Measured> StartAsync(CancellationToken cancellationToken)
    {
        var program = Program ?? Environment.ProcessPath!;
        IEnumerable<string> arguments = Path.GetFileNameWithoutExtension(program) == "dotnet" ? Arguments.Prepend(typeof(Contestant).Assembly.Location) : Arguments;
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"The process of {Name} did not start.");
        var answer = await process.StandardOutput.ReadLineAsync(cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var figures = await process.StandardOutput.ReadLineAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (answer != "answered" || figures?.Split(' ') is not [var cpu, var bytes])
        {
            throw new InvalidOperationException($"{Name} got no answer; it wrote: {answer}");
        }

        return new Measured(elapsed.TotalMilliseconds, double.Parse(cpu, CultureInfo.InvariantCulture), double.Parse(bytes, CultureInfo.InvariantCulture) / 1_000_000);
    }
}
