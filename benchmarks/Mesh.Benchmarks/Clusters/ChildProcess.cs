using System.Diagnostics;

namespace Mesh.Benchmarks.Clusters;

/// <summary>This program, run once more as something of its own.</summary>
internal static class ChildProcess
{
    /// <summary>Runs it to its end and returns what it wrote last.</summary>
    /// <param name="arguments">What it is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var program = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") arguments = arguments.Prepend(typeof(ChildProcess).Assembly.Location);
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("The process did not start.");
        string? last = null;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line) last = line;
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 && last is not null ? last : throw new InvalidOperationException($"The process ended with {process.ExitCode} and wrote: {last}");
    }
}
