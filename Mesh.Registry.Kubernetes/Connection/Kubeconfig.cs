using k8s;
using k8s.Exceptions;
using k8s.KubeConfigModels;

namespace Mesh.Connection;

/// <summary>
/// Kubeconfig files as read: several are merged as kubectl does, the first that has a name wins, and paths in each count from its own folder.
/// </summary>
internal sealed class Kubeconfig
{
    private readonly List<(string Path, string Yaml)> _files;
    private readonly K8SConfiguration _merged;

    private Kubeconfig(List<(string Path, string Yaml)> files, K8SConfiguration merged, string? context)
    {
        _files = files;
        _merged = merged;
        ContextName = context ?? merged.CurrentContext;
    }

    /// <summary>The files, for messages.</summary>
    public string Where => string.Join(", ", _files.Select(static f => f.Path));

    public string? ContextName { get; }

    /// <summary>Reads the files.</summary>
    /// <exception cref="KubeconfigException">A file cannot be read, or is no kubeconfig.</exception>
    public static Kubeconfig Read(IReadOnlyList<string> paths, string? context)
    {
        List<(string, string)> files = [];
        K8SConfiguration? merged = null;
        foreach (var path in paths)
        {
            var yaml = ReadText(path);
            K8SConfiguration one;
            try
            {
                one = KubernetesYaml.Deserialize<K8SConfiguration>(yaml) ?? throw new KubeconfigException($"{path}: it is empty.");
            }
            catch (Exception e) when (e is YamlDotNet.Core.YamlException)
            {
                throw new KubeconfigException($"{path}: it is no kubeconfig.");
            }

            Absolute(one, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            files.Add((path, yaml));
            merged = merged is null ? one : Merge(merged, one);
        }

        return new Kubeconfig(files, merged ?? throw new KubeconfigException("no kubeconfig was found."), context);
    }

    /// <summary>What is wrong with it, without running any plugin.</summary>
    public List<string> Check()
    {
        var errors = new List<string>();
        if (Context() is not { } context)
        {
            errors.Add(ContextName is null
                ? $"{Where} has no current-context. Name one with Context."
                : $"{Where} has no context '{DnsLabel.Printable(ContextName)}'. Known: {string.Join(", ", _merged.Contexts.Select(static c => c.Name))}.");
            return errors;
        }

        var cluster = _merged.Clusters.FirstOrDefault(c => Is(c.Name, context.Cluster));
        if (cluster?.ClusterEndpoint is not { Server.Length: > 0 } endpoint)
        {
            errors.Add($"{Where}: context '{ContextName}' names cluster '{context.Cluster}', which has no server.");
        }
        else if (!Uri.TryCreate(endpoint.Server, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
        {
            errors.Add($"{Where}: cluster '{context.Cluster}': server is no http or https address.");
        }
        else if (server.UserInfo.Length > 0)
        {
            errors.Add($"{Where}: cluster '{context.Cluster}': server must not hold a user or password.");
        }

        foreach (var (path, yaml) in _files) errors.AddRange(KubeconfigFields.Unsupported(yaml, context.Cluster, context.User).Select(e => $"{path}: {e}"));
        return errors;
    }

    /// <summary>What the library needs to connect. Runs an exec plugin where there is one, which may take minutes.</summary>
    /// <exception cref="KubeconfigException">It cannot be used.</exception>
    public ConnectionSettings Build(TimeProvider timeProvider)
    {
        if (Check() is { Count: > 0 } errors) throw new KubeconfigException(string.Join(" ", errors));
        var context = Context()!;
        var tokenFile = TokenFileOf(context.User);
        var user = _merged.Users.FirstOrDefault(u => Is(u.Name, context.User))?.UserCredentials;

        // The library wants to see a token before it accepts the user; the file's provider takes its place below.
        if (tokenFile is not null && user is { Token: null or "" }) user.Token = "file";
        if (user?.ExternalExecution is { Arguments: { } arguments } exec) exec.Arguments = arguments.Select(ExecArguments.Quote).ToList();
        try
        {
            var configuration = KubernetesClientConfiguration.BuildConfigFromConfigObject(_merged, ContextName);
            if (configuration.SslCaCerts is { Count: 0 }) throw new KubeconfigException($"{Where}: cluster '{context.Cluster}': no certificate is in its certificate-authority.");
            if (tokenFile is not null) configuration.TokenProvider = new TokenFile(tokenFile, timeProvider);
            return new ConnectionSettings(configuration)
            {
                AllowCompression = !_files.Exists(f => KubeconfigFields.DisablesCompression(f.Yaml, context.Cluster)),
            };
        }
        catch (Exception e) when (e is KubeConfigException or FormatException or IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new KubeconfigException($"{Where}, context '{ContextName}': {SafeMessage(e)}", e);
        }
    }

    // Only messages that name things; those of parsers may quote what they parse.
    private static string SafeMessage(Exception e) => e switch
    {
        KubeConfigException or IOException or UnauthorizedAccessException => e.Message,
        System.Security.Cryptography.CryptographicException => "a certificate or key cannot be read.",
        _ => "a field in base64 cannot be read.",
    };

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException(e is FileNotFoundException or DirectoryNotFoundException ? $"{path}: no such file." : $"{path}: cannot be read ({e.Message})", e);
        }
    }

    private static K8SConfiguration Merge(K8SConfiguration first, K8SConfiguration second)
    {
        first.CurrentContext = string.IsNullOrEmpty(first.CurrentContext) ? second.CurrentContext : first.CurrentContext;
        first.Contexts = first.Contexts.Concat(second.Contexts).DistinctBy(static c => c.Name, StringComparer.Ordinal).ToList();
        first.Clusters = first.Clusters.Concat(second.Clusters).DistinctBy(static c => c.Name, StringComparer.Ordinal).ToList();
        first.Users = first.Users.Concat(second.Users).DistinctBy(static u => u.Name, StringComparer.Ordinal).ToList();
        return first;
    }

    private static void Absolute(K8SConfiguration file, string folder)
    {
        foreach (var endpoint in file.Clusters.Select(static c => c.ClusterEndpoint).OfType<ClusterEndpoint>())
        {
            endpoint.CertificateAuthority = Absolute(endpoint.CertificateAuthority, folder);
        }

        foreach (var user in file.Users.Select(static u => u.UserCredentials).OfType<UserCredentials>())
        {
            user.ClientCertificate = Absolute(user.ClientCertificate, folder);
            user.ClientKey = Absolute(user.ClientKey, folder);

            // A command with a slash is a path, one without is looked for on PATH (as kubectl).
            if (user.ExternalExecution is { Command: { } command } exec && command.Contains('/', StringComparison.Ordinal)) exec.Command = Absolute(command, folder);
        }
    }

    private static string? Absolute(string? path, string folder) => string.IsNullOrEmpty(path) ? path : System.IO.Path.Combine(folder, path);

    private static bool Is(string? left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private ContextDetails? Context() => ContextName is null ? null : _merged.Contexts.FirstOrDefault(c => Is(c.Name, ContextName))?.ContextDetails;

    private string? TokenFileOf(string? user)
    {
        foreach (var (path, yaml) in _files)
        {
            if (KubeconfigFields.TokenFile(yaml, user) is { Length: > 0 } file)
            {
                return Absolute(file, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            }
        }

        return null;
    }
}
