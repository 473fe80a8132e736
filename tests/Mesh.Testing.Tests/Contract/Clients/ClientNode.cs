namespace Mesh.Contract;

/// <summary>The official client for Node.js.</summary>
internal static class ClientNode
{
    /// <summary>Names a folder that <c>npm install @kubernetes/client-node</c> was run in.</summary>
    public const string Variable = "MESH_CLIENT_NODE";

    /// <summary>An informer of ConfigMaps that prints what it hears; skips the test where the client is not on this machine.</summary>
    public static ClientProgram StartInformer(ClientFiles files, string @namespace)
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        var package = Path.Combine(folder ?? "", "node_modules", "@kubernetes", "client-node", "package.json");
        Assert.SkipWhen(folder is null, $"{Variable} is not set. It names a folder in which 'npm install @kubernetes/client-node@1' was run.");
        Assert.SkipUnless(File.Exists(package), $"{Variable} is '{folder}', and there is no {package}: run 'npm install @kubernetes/client-node@1' there.");
        var node = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(static one => Path.Combine(one, "node")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(node is null, "There is no 'node' on the PATH.");
        return new ClientProgram(
            node!,
            new Dictionary<string, string>(),
            [Path.Combine(AppContext.BaseDirectory, "Contract", "Clients", "informer.cjs"), package, files.Kubeconfig, @namespace]);
    }
}
