using k8s;
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
            Content = KubernetesYaml.Deserialize<K8SConfiguration>(new KubeconfigFields(yaml).ForLibrary(yaml)) ?? throw new KubeconfigException($"{where}: it is empty.");
        }
        catch (KubeconfigException e) when (!e.Message.StartsWith(where, StringComparison.Ordinal))
        {
            throw new KubeconfigException($"{where}: {e.Message}");
        }
        catch (Exception e) when (e is not KubeconfigException)
        {
            // The libraries throw of everything, and their messages may quote the text.
            throw new KubeconfigException($"{where}: it is no kubeconfig.");
        }

        // "clusters: null" is what kubectl writes for none.
        Content.Contexts = (Content.Contexts ?? []).OfType<Context>().ToList();
        Content.Clusters = (Content.Clusters ?? []).OfType<Cluster>().ToList();
        Content.Users = (Content.Users ?? []).OfType<User>().ToList();
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
        return new KubeconfigText(path, Path.GetDirectoryName(Path.GetFullPath(path)), files.ReadText(path), All);
    }

    /// <exception cref="KubeconfigException">It is no kubeconfig.</exception>
    public static KubeconfigText Parse(string yaml, KubeconfigFeatures allowed) => new("the kubeconfig given as data", null, yaml, allowed);

    /// <summary>A path as it counts from here.</summary>
    public string Absolute(string path) => Folder is null ? path : Path.Combine(Folder, path);

    /// <summary>A command as it counts from here: one with a slash is a path, one without is looked for on PATH, as kubectl does.</summary>
    public string Command(string command) => command.Contains('/', StringComparison.Ordinal) ? Absolute(command) : command;
}
