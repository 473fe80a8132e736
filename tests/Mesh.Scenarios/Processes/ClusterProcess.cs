using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mesh.Processes;

/// <summary>The backends of one cluster in a process of their own (this program once more, running <see cref="ClusterProcessStory"/>), which can be killed and started again at the same addresses.</summary>
internal sealed class ClusterProcess : IAsyncDisposable
{
    private const int Backends = 3;

    private readonly List<Socket> _reserved = [];
    private readonly string _report = Path.Combine(Path.GetTempPath(), $"mesh-cluster-{Guid.NewGuid():N}");
    private Process? _process;
    private Task<string>? _output;

    public ClusterProcess(string name)
    {
        Name = name;
        for (var i = 0; i < Backends; i++)
        {
            // Bound and never listening: nobody else is given the port while the process is away, and the process may listen there.
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _reserved.Add(socket);
            const int SocketLevel = 1, ReuseAddress = 2;
            if (OperatingSystem.IsLinux())
            {
                socket.SetRawSocketOption(SocketLevel, ReuseAddress, BitConverter.GetBytes(1));
            }

            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        }

        Ports = [.. _reserved.Select(static s => ((IPEndPoint)s.LocalEndPoint!).Port)];
        if (!OperatingSystem.IsLinux())
        {
            _reserved.ForEach(static s => s.Dispose());
        }
    }

    public string Name { get; }

    public int[] Ports { get; }

    /// <summary>Starts it, and waits until it listens.</summary>
    /// <param name="holds">Whether it holds what comes to <see cref="ClusterProcessStory.HoldPath"/>.</param>
    /// <param name="cancellationToken">The test's.</param>
    public async Task StartAsync(bool holds, CancellationToken cancellationToken)
    {
        File.Delete(_report);
        var program = Path.Combine(AppContext.BaseDirectory, typeof(ClusterProcess).Assembly.GetName().Name!);
        var start = new ProcessStartInfo(program, ["--filter-class", typeof(ClusterProcessStory).FullName!, "--explicit", "only", "--results-directory", _report + ".results"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment[ClusterProcessStory.ReportVariable] = _report;
        start.Environment[ClusterProcessStory.NameVariable] = Name;
        start.Environment[ClusterProcessStory.PortsVariable] = string.Join(',', Ports.Select(static p => p.ToString(CultureInfo.InvariantCulture)));
        start.Environment[ClusterProcessStory.HoldsVariable] = holds ? "yes" : "";
        _process?.Dispose();
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        while (!File.Exists(_report))
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The process of cluster {Name} ended before it listened:\n{await _output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Ends it without a goodbye (SIGKILL), and waits until it is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        _process!.Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process?.Dispose();
        _reserved.ForEach(static s => s.Dispose());
        File.Delete(_report);
        if (Directory.Exists(_report + ".results"))
        {
            Directory.Delete(_report + ".results", recursive: true);
        }
    }
}
