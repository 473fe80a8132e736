using System.Diagnostics;
using Mesh.Processes;

namespace Mesh.RealServers;

/// <summary>Folders with shell scripts in place of etcd and kube-apiserver, so that finding and failing is tested on any machine.</summary>
internal sealed class FakePrograms : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("mesh-fake-programs-").FullName;

    /// <summary>A folder with an API server that knows its version and does <paramref name="apiServer"/>, and an etcd that does <paramref name="etcd"/>.</summary>
    public string Folder(string name, string version, string apiServer = "exec sleep 600", string etcd = "exec sleep 600")
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, name)).FullName;
        var number = Path.Combine(folder, "etcd.number");
        // As the real one it needs etcd: without the wait it can be over, and etcd ended, before etcd has written its number down.
        var waits = $"until [ -s '{number}' ]; do sleep 0.01; done";
        WriteScript(Path.Combine(folder, "kube-apiserver"), $"[ \"$1\" = --version ] && {{ echo '{version}'; exit; }}\n{waits}\n{apiServer}");
        WriteScript(Path.Combine(folder, "etcd"), $"echo $$ >'{number}'\n{etcd}");
        return folder;
    }

    public static void EtcdShouldNotRun(string folder) =>
        ChildHost.IsRunning(int.Parse(File.ReadAllText(Path.Combine(folder, "etcd.number")), null)).ShouldBeFalse();

    public void Dispose() => Directory.Delete(Root, recursive: true);

    // Not by this process: a file that was open for writing when another test started a process is "busy" for a moment.
    private static void WriteScript(string path, string body)
    {
        var start = new ProcessStartInfo("/bin/sh");
        foreach (var argument in (string[])["-c", """printf '%s\n' '#!/bin/sh' "$2" >"$1" && chmod +x "$1" """, "write", path, body]) start.ArgumentList.Add(argument);
        using var shell = Process.Start(start)!;
        shell.WaitForExit();
        shell.ExitCode.ShouldBe(0);
    }
}
