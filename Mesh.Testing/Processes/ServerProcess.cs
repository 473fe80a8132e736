using System.Diagnostics;

namespace Mesh.Processes;

/// <summary>A server program that runs in a <see cref="GuardedFolder"/> and ends with it at the latest.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // Registers before it becomes the program, and only then looks whether the guard has begun: whoever is first, the
    // process is either seen by the guard or sees the guard.
    private const string Launcher = """
        echo $$ >"$1/run/$2.pid" || exit 1
        [ ! -e "$1/ended" ] || exit 1
        shift 2
        exec "$@" 2>&1
        """;

    private readonly Process _process;
    private readonly string _pidFile;
    private readonly ProcessLog _log;
    private readonly Task _copying;
    private int _disposed;

    private ServerProcess(string name, string commandLine, Process process, string pidFile, ProcessLog log)
    {
        (Name, CommandLine, _process, _pidFile, _log) = (name, commandLine, process, pidFile, log);
        Id = process.Id;
        _copying = log.CopyAsync(process.StandardOutput.BaseStream);
        Exited = WaitAsync();
    }

    public string Name { get; }

    public int Id { get; }

    public string CommandLine { get; }

    /// <summary>Completes when the process has ended and all it wrote is in its log.</summary>
    public Task Exited { get; }

    /// <param name="folder">Must be named in the arguments: the guard tells the process by it.</param>
    /// <param name="name">Unique in the folder; the log is <c>NAME.log</c>.</param>
    /// <param name="program">The path of the executable.</param>
    /// <param name="arguments">What it is given.</param>
    public static ServerProcess Start(GuardedFolder folder, string name, string program, IReadOnlyCollection<string> arguments)
    {
        if (!arguments.Any(argument => argument.Contains(folder.Path + "/", StringComparison.Ordinal)))
            throw new ArgumentException($"No argument of {name} names the folder {folder.Path}, so its guard could not tell the process.", nameof(arguments));

        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder.Path };
        foreach (var argument in (string[])["-c", Launcher, "launcher", folder.Path, name, program, .. arguments]) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        var commandLine = string.Join(' ', arguments.Prepend(program));
        return new ServerProcess(name, commandLine, process, folder.PidFile(name), new ProcessLog(folder[name + ".log"]));
    }

    /// <summary>The last lines of what it wrote.</summary>
    public string LogTail(int lines = 25) => _log.Tail(lines);

    /// <summary>Kills it, waits for its end and forgets it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;

        // Nothing that a test server keeps is worth a graceful end, and a graceful one waits for its clients.
        if (!_process.HasExited) _process.Kill();
        await Exited.ConfigureAwait(false);
        File.Delete(_pidFile);
        _process.Dispose();
    }

    private async Task WaitAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        await _copying.ConfigureAwait(false);
    }
}
