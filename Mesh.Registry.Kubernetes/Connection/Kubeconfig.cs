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

            Complete(one);
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

        else if (Authority(endpoint) is { } problem)
        {
            errors.Add($"{Where}: cluster '{context.Cluster}': {problem}");
        }

        if (!string.IsNullOrEmpty(context.User) && !_merged.Users.Any(u => Is(u.Name, context.User)))
        {
            errors.Add($"{Where}: context '{ContextName}' names user '{DnsLabel.Printable(context.User)}', which is not there.");
        }

        if (FileOfCluster(context) is { } ofCluster) errors.AddRange(KubeconfigFields.UnsupportedOfCluster(ofCluster.Yaml, context.Cluster).Select(e => $"{ofCluster.Path}: {e}"));
        if (FileOfUser(context) is { } ofUser) errors.AddRange(KubeconfigFields.UnsupportedOfUser(ofUser.Yaml, context.User).Select(e => $"{ofUser.Path}: {e}"));
        return errors;
    }

    /// <summary>What the library needs to connect. Runs an exec plugin where there is one, which may take minutes.</summary>
    /// <exception cref="KubeconfigException">It cannot be used.</exception>
    public ConnectionSettings Build(TimeProvider timeProvider)
    {
        if (Check() is { Count: > 0 } errors) throw new KubeconfigException(string.Join(" ", errors));
        var context = Context()!;
        var tokenFile = TokenFileOf(context);
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
                AllowCompression = FileOfCluster(context) is not { } file || !KubeconfigFields.DisablesCompression(file.Yaml, context.Cluster),
            };
        }
        catch (Exception e) when (e is not KubeconfigException)
        {
            // The library throws of everything; what escaped here would end the connector.
            throw new KubeconfigException($"{Where}, context '{ContextName}': {(user?.ExternalExecution is { } plugin ? PluginMessage(context.User, plugin) : SafeMessage(e))}", e);
        }
    }

    /// <summary>What to tell of an exception of the client library: only messages that name things, as those of parsers may quote what they parse.</summary>
    public static string SafeMessage(Exception e) => e switch
    {
        KubeConfigException or IOException or UnauthorizedAccessException => DnsLabel.Printable(e.Message),
        System.Security.Cryptography.CryptographicException or ArgumentException => "a certificate or key cannot be read.",
        FormatException => "a field in base64 cannot be read.",
        _ => $"it cannot be used ({e.GetType().Name}).",
    };

    // What the library says of a plugin quotes its answer, with stack traces.
    private static string PluginMessage(string? user, ExternalExecution plugin) =>
        $"user '{DnsLabel.Printable(user)}': the exec plugin '{DnsLabel.Printable(plugin.Command)}' gave no credential of {DnsLabel.Printable(plugin.ApiVersion)}. Run it by hand to see why.";

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException(e is FileNotFoundException or DirectoryNotFoundException ? $"{Path.GetFullPath(path)}: no such file." : $"{Path.GetFullPath(path)}: cannot be read ({e.Message})", e);
        }
    }

    // "clusters: null" is what kubectl writes for none.
    private static void Complete(K8SConfiguration file)
    {
        file.Contexts = (file.Contexts ?? []).OfType<Context>().ToList();
        file.Clusters = (file.Clusters ?? []).OfType<Cluster>().ToList();
        file.Users = (file.Users ?? []).OfType<User>().ToList();
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

    // Of files that are merged, the first that has a name has it whole: fields of later ones do not count.
    private (string Path, string Yaml)? FileOfCluster(ContextDetails context) =>
        _files.Where(f => KubeconfigFields.HasCluster(f.Yaml, context.Cluster)).Select(static f => ((string, string)?)f).FirstOrDefault();

    private (string Path, string Yaml)? FileOfUser(ContextDetails context) =>
        _files.Where(f => KubeconfigFields.HasUser(f.Yaml, context.User)).Select(static f => ((string, string)?)f).FirstOrDefault();

    private string? TokenFileOf(ContextDetails context) =>
        FileOfUser(context) is { } file && KubeconfigFields.TokenFile(file.Yaml, context.User) is { Length: > 0 } token
            ? Absolute(token, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file.Path))!)
            : null;

    /// <summary>What is wrong with the authority that a cluster's certificate is checked against, or <see langword="null"/>.</summary>
    private static string? Authority(ClusterEndpoint endpoint)
    {
        try
        {
            // As in client-go, the data goes before the file.
            if (!string.IsNullOrEmpty(endpoint.CertificateAuthorityData)) CertificateFile.Parse(endpoint.CertificateAuthorityData);
            else if (!string.IsNullOrEmpty(endpoint.CertificateAuthority)) CertificateFile.Read(endpoint.CertificateAuthority);
            return null;
        }
        catch (KubeconfigException e)
        {
            return string.IsNullOrEmpty(endpoint.CertificateAuthorityData) ? $"certificate-authority: {e.Message}" : $"certificate-authority-data: {e.Message}";
        }
    }
}
