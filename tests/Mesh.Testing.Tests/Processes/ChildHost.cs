using System.Diagnostics;

namespace Mesh.Processes;

/// <summary>This test program once more, running <see cref="ChildHostStory"/>: a test host that can be killed.</summary>
internal sealed class ChildHost : IDisposable
{
    private readonly string _report;
    private readonly Process _process;
    private readonly Task<string> _output;

    private ChildHost(string report, Process process)
    {
        (_report, _process) = (report, process);
        _output = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>The folder that its server lives in, or the container.</summary>
    public string Folder { get; private set; } = "";

    public int Guard { get; private set; }

    public IReadOnlyList<int> Processes { get; private set; } = [];

    /// <summary>Starts it and waits until what it shall start is running.</summary>
    /// <param name="version">The real API server that it starts, or <see cref="ChildHostStory.K3s"/>; a mere sleeper where it is empty.</param>
    /// <param name="cancellationToken">The test's.</param>
    public static async Task<ChildHost> StartAsync(string version, CancellationToken cancellationToken)
    {
        var report = Path.Combine(Path.GetTempPath(), $"mesh-child-{Guid.NewGuid():N}");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, typeof(ChildHost).Assembly.GetName().Name!)) { RedirectStandardOutput = true };
        foreach (var argument in (string[])["--filter-class", typeof(ChildHostStory).FullName!, "--explicit", "only", "--results-directory", report + ".results"])
            start.ArgumentList.Add(argument);
        start.Environment[ChildHostStory.ReportVariable] = report;
        start.Environment[ChildHostStory.VersionVariable] = version;
        var child = new ChildHost(report, Process.Start(start)!);
        await Until(() => File.Exists(report) || child._process.HasExited, cancellationToken);
        if (!File.Exists(report)) throw new InvalidOperationException("The child test host ended early:\n" + await child._output);

        var lines = await File.ReadAllLinesAsync(report, cancellationToken);
        child.Folder = lines[0];
        child.Guard = int.Parse(lines[1], null);
        child.Processes = lines.Skip(2).Select(line => int.Parse(line, null)).ToArray();
        return child;
    }

    /// <summary>Ends the test host, and nothing else, with SIGKILL.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        _process.Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    public static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Waits for a condition, generously bounded.</summary>
    public static async Task Until(Func<bool> condition, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(120), TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, either.Token);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        File.Delete(_report);
        if (Directory.Exists(_report + ".results")) Directory.Delete(_report + ".results", recursive: true);
    }
}
