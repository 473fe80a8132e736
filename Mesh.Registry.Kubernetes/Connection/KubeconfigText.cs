using k8s.KubeConfigModels;

namespace Mesh.Connection;

/// <summary>One kubeconfig text: of a file, or given as data.</summary>
internal sealed class KubeconfigText
{
    private KubeconfigText(string where, string? folder, string yaml, KubeconfigFeatures allowed)
    {
        Where = where;
        Folder = folder;
        Allowed = allowed;
        try
        {
            Fields = new KubeconfigFields(yaml);
            Content = Fields.ForLibrary();
        }
        catch (KubeconfigException e)
        {
            throw new KubeconfigException($"{where}: {e.Message}");
        }
    }

    /// <summary>The file, or what stands for it, for messages.</summary>
    public string Where { get; }

    /// <summary>What relative paths count from; <see langword="null"/> for data, which is in no folder.</summary>
    public string? Folder { get; }

    public KubeconfigFeatures Allowed { get; }

    public K8SConfiguration Content { get; }

    public KubeconfigFields Fields { get; }

    /// <exception cref="KubeconfigException">It cannot be read, or is no kubeconfig.</exception>
    public static KubeconfigText Read(string path, FileReadings files)
    {
        const KubeconfigFeatures All =
            KubeconfigFeatures.ExecPlugins | KubeconfigFeatures.AuthProviders | KubeconfigFeatures.Files | KubeconfigFeatures.Proxy | KubeconfigFeatures.InsecureTls;
        var yaml = files.ReadText(path);
        return new KubeconfigText(path, Path.GetDirectoryName(Path.GetFullPath(path)), yaml, All);
    }

    /// <exception cref="KubeconfigException">It is no kubeconfig.</exception>
    public static KubeconfigText Parse(string yaml, KubeconfigFeatures allowed) => new("the kubeconfig given as data", null, yaml, allowed);

    /// <summary>A path as it counts from here.</summary>
    public string Absolute(string path) => Folder is null ? path : Path.Combine(Folder, path);

    /// <summary>A command as it counts from here: one with a slash is a path, one without is looked for on PATH, as kubectl does.</summary>
    public string Command(string command) => command.Contains('/', StringComparison.Ordinal) ? Absolute(command) : command;
}
