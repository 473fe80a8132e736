namespace Mesh.RealServers;

/// <summary>Finds the Kubernetes programs of this machine, by the variable that envtest uses.</summary>
internal static class KubernetesAssets
{
    public const string Variable = "KUBEBUILDER_ASSETS";

    private const string Advice =
        $"Set {Variable} to a folder with etcd and kube-apiserver (kube-controller-manager is used where present), for example one that "
        + "envtest's 'setup-envtest use' downloads; several folders are separated by ':'.";

    /// <summary>Each version once, newest first, and what is wrong with the folders that were named but cannot be used.</summary>
    public static (IReadOnlyList<KubernetesBinaries> Found, IReadOnlyList<string> Problems) Find(string? value)
    {
        if (OperatingSystem.IsWindows())
            return ([], ["Real API servers are supported on Linux and macOS only. Run the tests there, or in WSL."]);

        var folders = value?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (folders.Length == 0) return ([], [$"{Variable} is not set. {Advice}"]);

        var found = new List<KubernetesBinaries>();
        var problems = new List<string>();
        foreach (var folder in folders)
        {
            var (binaries, reason) = KubernetesBinaries.In(folder);
            if (binaries is null) problems.Add($"{Variable}: {reason}. {Advice}");
            else found.Add(binaries);
        }

        // Whoever unpacked several versions names one of them and means the rest for mixed fixtures.
        if (folders.Length == 1) found.AddRange(Siblings(folders[0]).Select(KubernetesBinaries.In).Select(x => x.Binaries).OfType<KubernetesBinaries>());
        return (found.DistinctBy(binaries => binaries.Version.Text).OrderByDescending(binaries => binaries.Version).ToArray(), problems);
    }

    private static IEnumerable<string> Siblings(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var parent = Path.GetDirectoryName(full);
        return parent is null || !Directory.Exists(parent)
            ? []
            : Directory.GetDirectories(parent).Where(sibling => sibling != full && File.Exists(Path.Combine(sibling, "kube-apiserver"))).Order(StringComparer.Ordinal);
    }
}
