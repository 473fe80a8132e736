using System.Diagnostics;

namespace Mesh.Processes;

/// <summary>
/// A small shell process that outlives its parent by a moment: it reads from a pipe that only this process holds open, so
/// it sees the end however this process ends, SIGKILL included. Then it kills what is registered in the folder, runs the
/// scripts that end what is no process of this machine, and removes the folder. Signals from a terminal do not end it early.
/// </summary>
internal sealed class ProcessGuard : IDisposable
{
    // A process is killed by its number only if its command line names the folder: the number may be another's by now.
    private const string Script = """
        exec >/dev/null 2>&1
        trap '' HUP INT QUIT TERM
        cd /
        while read -r _; do :; done
        : >"$1/ended"
        for file in "$1"/run/*.pid; do
          pid=$(cat "$file") || continue
          if [ -d /proc/self ]; then ours=/proc/$pid/cmdline; grep -qF "$1/" "$ours" || continue
          else ps -ww -o command= -p "$pid" | grep -qF "$1/" || continue
          fi
          kill -9 "$pid"
        done
        for file in "$1"/run/*.sh; do
          [ -f "$file" ] && /bin/sh "$file"
        done
        for attempt in 1 2 3 4 5 6 7 8 9 10; do
          rm -rf "$1"
          [ -e "$1" ] || break
          sleep 1
        done
        """;

    private readonly Process _shell;

    private ProcessGuard(Process shell) => _shell = shell;

    public int Id => _shell.Id;

    public static ProcessGuard Start(string folder)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in (string[])["-c", Script, "guard", folder]) start.ArgumentList.Add(argument);
        return new ProcessGuard(Process.Start(start)!);
    }

    /// <summary>Lets it do its work now.</summary>
    public void Release() => _shell.StandardInput.Close();

    public Task WaitAsync(CancellationToken cancellationToken) => _shell.WaitForExitAsync(cancellationToken);

    public void Dispose() => _shell.Dispose();
}
