using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Mesh.RealServers;

/// <summary>A folder with the programs of one Kubernetes release.</summary>
internal sealed record KubernetesBinaries(string Folder, KubernetesVersion Version)
{
    private static readonly TimeSpan VersionBound = TimeSpan.FromSeconds(30);
    private static readonly ConcurrentDictionary<string, (KubernetesBinaries?, string)> Known = new(StringComparer.Ordinal);

    public string Etcd => Path.Combine(Folder, "etcd");

    public string ApiServer => Path.Combine(Folder, "kube-apiserver");

    public string ControllerManager => Path.Combine(Folder, "kube-controller-manager");

    /// <summary>Looks into a folder; without a result, the reason.</summary>
    public static (KubernetesBinaries? Binaries, string Reason) In(string folder) => Known.GetOrAdd(Path.GetFullPath(folder), Look);

    private static (KubernetesBinaries?, string) Look(string folder)
    {
        foreach (var program in (string[])["kube-apiserver", "etcd"])
        {
            if (!File.Exists(Path.Combine(folder, program))) return (null, $"{folder} holds no {program}");
        }

        var path = Path.Combine(folder, "kube-apiserver");
        try
        {
            var start = new ProcessStartInfo(path, "--version") { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(VersionBound))
            {
                process.Kill();
                return (null, $"{path} --version did not end within {VersionBound.TotalSeconds} s");
            }

            var text = output.GetAwaiter().GetResult();
            return KubernetesVersion.Parse(text) is { } version
                ? (new KubernetesBinaries(folder, version), "")
                : (null, $"{path} --version said '{(text + errors.GetAwaiter().GetResult()).Trim()}' instead of a version");
        }
        catch (Win32Exception e)
        {
            return (null, $"{path} cannot be run: {e.Message}");
        }
    }
}
