using System.Diagnostics;

namespace Mesh.Benchmarks.P8;

/// <summary>The small application compiled natively, with the mesh and without.</summary>
internal sealed class NativePrograms : IDisposable
{
    private const string Name = "NativeStart";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-p8-native-");

    private NativePrograms()
    {
    }

    /// <summary>Why there are none; <see langword="null"/> where there are.</summary>
    public string? Failure { get; private set; }

    public string Mesh => Path.Combine(_folder.FullName, "mesh", Name);

    public string Bare => Path.Combine(_folder.FullName, "bare", Name);

    public static double Megabytes(string program) => new FileInfo(program).Length / 1e6;

    /// <summary>Publishes both. Where this machine cannot, <see cref="Failure"/> says so.</summary>
    public static async Task<NativePrograms> PublishAsync(CancellationToken cancellationToken)
    {
        var programs = new NativePrograms();
        programs.Failure = await PublishAsync(programs.Mesh, withMesh: true, cancellationToken)
            ?? await PublishAsync(programs.Bare, withMesh: false, cancellationToken);
        return programs;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<string?> PublishAsync(string program, bool withMesh, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("MESH_BENCHMARK_RESULTS") is not { Length: > 0 } results)
        {
            return "benchmarks/run says where their source is";
        }

        var folder = Path.GetDirectoryName(program)!;
        string[] arguments =
        [
            "publish", Path.Combine(results, "..", Name), "-c", "Release", "-v", "q", "-nologo", "-o", folder,
            $"-p:WithMesh={(withMesh ? "true" : "false")}",
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("dotnet did not start.");
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? null : $"dotnet publish ended with {process.ExitCode}: {output.Split('\n').FirstOrDefault(static l => l.Contains("error", StringComparison.Ordinal))?.Trim()}";
    }
}
