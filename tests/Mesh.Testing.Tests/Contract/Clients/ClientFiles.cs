namespace Mesh.Contract;

/// <summary>A folder with the kubeconfig of one server, for a client that is another program. Removed at the end.</summary>
internal sealed class ClientFiles : IDisposable
{
    private int _written;

    public ClientFiles(IKubernetesServer server)
    {
        Folder = Directory.CreateTempSubdirectory("mesh-contract-").FullName;
        Kubeconfig = Path.Combine(Folder, "kubeconfig");
        File.WriteAllText(Kubeconfig, server.GetKubeconfig());
    }

    public string Folder { get; }

    public string Kubeconfig { get; }

    /// <summary>A new file with this text.</summary>
    public string Write(string text)
    {
        var file = Path.Combine(Folder, $"{Interlocked.Increment(ref _written)}.yaml");
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
