using System.Diagnostics;
using System.Globalization;

namespace Mesh.Benchmarks.P7;

/// <summary>A cluster's process, which can be killed.</summary>
internal sealed class ClusterProcess : IDisposable
{
    private readonly Process _process;

    private ClusterProcess(string name, Process process, int[] ports) => (Name, _process, Ports) = (name, process, ports);

    public string Name { get; }

    public int[] Ports { get; }

    /// <summary>What it serves per second while it lives.</summary>
    public double Capacity => Ports.Length * BackendPod.Capacity;

    public static async Task<ClusterProcess> StartAsync(string name, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var program = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            arguments = arguments.Prepend(typeof(ClusterProcess).Assembly.Location);
        }

        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"The process of cluster {name} did not start.");
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return string.IsNullOrEmpty(line)
            ? throw new InvalidOperationException($"The process of cluster {name} ended before it said its ports.")
            : new ClusterProcess(name, process, [.. line.Split(' ').Select(static p => int.Parse(p, CultureInfo.InvariantCulture))]);
    }

    /// <summary>Without a goodbye.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }
}
