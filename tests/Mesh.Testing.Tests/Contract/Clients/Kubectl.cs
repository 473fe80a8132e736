namespace Mesh.Contract;

/// <summary>kubectl against one server, in one namespace; the program beside the real servers' programs.</summary>
internal sealed class Kubectl : IDisposable
{
    private readonly string _program;
    private readonly ClientFiles _files;
    private readonly string _namespace;

    private Kubectl(string program, IKubernetesServer server, string @namespace)
    {
        _program = program;
        _files = new ClientFiles(server);
        _namespace = @namespace;
    }

    /// <summary>The newest on this machine; skips the test where there is none.</summary>
    public static Kubectl Find(IKubernetesServer server, string @namespace)
    {
        var (found, problems) = RealServers.KubernetesAssets.Find(Environment.GetEnvironmentVariable(RealServers.KubernetesAssets.Variable));
        var program = found.Select(static one => Path.Combine(Path.GetDirectoryName(one.ApiServer)!, "kubectl")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"No kubectl beside the kube-apiservers of {RealServers.KubernetesAssets.Variable}. {string.Join(' ', problems)}");
        return new Kubectl(program!, server, @namespace);
    }

    public string Write(string manifest) => _files.Write(manifest);

    public ClientProgram Start(params IEnumerable<string> arguments) => new(
        _program,
        new Dictionary<string, string> { ["KUBECONFIG"] = _files.Kubeconfig, ["HOME"] = _files.Folder, ["KUBECACHEDIR"] = Path.Combine(_files.Folder, "cache") },
        ["--namespace=" + _namespace, .. arguments]);

    /// <summary>What it prints; a failure fails the test.</summary>
    public async Task<string> RunAsync(params IEnumerable<string> arguments)
    {
        await using var program = Start(arguments);
        var (code, output, errors) = await program.EndAsync();
        code.ShouldBe(0, errors);
        return output;
    }

    /// <summary>What it says where it must fail.</summary>
    public async Task<string> FailAsync(params IEnumerable<string> arguments)
    {
        await using var program = Start(arguments);
        var (code, output, errors) = await program.EndAsync();
        code.ShouldNotBe(0, output);
        return errors;
    }

    public void Dispose() => _files.Dispose();
}
