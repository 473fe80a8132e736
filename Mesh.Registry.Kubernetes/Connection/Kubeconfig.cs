using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Exceptions;
using k8s.KubeConfigModels;

namespace Mesh.Connection;

/// <summary>
/// Kubeconfigs as read: several are merged as kubectl does, the first that has a name wins, and paths in each count from its own folder.
/// </summary>
internal sealed class Kubeconfig
{
    private readonly List<KubeconfigText> _texts;
    private readonly FileReadings _files;
    private readonly K8SConfiguration _merged;

    private Kubeconfig(List<KubeconfigText> texts, string? context, FileReadings files)
    {
        if (texts.Count == 0) throw new KubeconfigException("no kubeconfig was found.");
        _texts = texts;
        _files = files;
        _merged = new K8SConfiguration
        {
            CurrentContext = texts.Select(static t => t.Content.CurrentContext).FirstOrDefault(static c => !string.IsNullOrEmpty(c)),
            Contexts = texts.SelectMany(static t => t.Content.Contexts).DistinctBy(static c => c.Name, StringComparer.Ordinal).ToList(),
            Clusters = texts.SelectMany(static t => t.Content.Clusters).DistinctBy(static c => c.Name, StringComparer.Ordinal).ToList(),
            Users = texts.SelectMany(static t => t.Content.Users).DistinctBy(static u => u.Name, StringComparer.Ordinal).ToList(),
        };
        ContextName = context ?? _merged.CurrentContext;
    }

    /// <summary>The files, for messages.</summary>
    public string Where => string.Join(", ", _texts.Select(static t => t.Where));

    public string? ContextName { get; }

    /// <summary>Reads files.</summary>
    /// <exception cref="KubeconfigException">A file cannot be read, or is no kubeconfig.</exception>
    public static Kubeconfig Read(IReadOnlyList<string> paths, string? context, FileReadings files) => new(paths.Select(p => KubeconfigText.Read(p, files)).ToList(), context, files);

    /// <summary>Takes one that came as data.</summary>
    /// <exception cref="KubeconfigException">It is no kubeconfig.</exception>
    public static Kubeconfig Parse(string text, KubeconfigFeatures allowed, string? context, FileReadings files) => new([KubeconfigText.Parse(text, allowed)], context, files);

    /// <summary>What is wrong with it, without running any plugin.</summary>
    public List<string> Check()
    {
        var errors = _texts.SelectMany(static t => t.Fields.UnsupportedOfFile().Select(e => $"{t.Where}: {e}")).ToList();
        if (Context() is not { } context)
        {
            errors.Add(ContextName is null
                ? $"{Where} has no current-context. Name one with Context."
                : $"{Where} has no context '{DnsLabel.Printable(ContextName)}'. Known: {string.Join(", ", _merged.Contexts.Select(static c => DnsLabel.Printable(c.Name)))}.");
            return errors;
        }

        if (TextOf(f => f.HasContext(ContextName)) is { } ofContext) errors.AddRange(ofContext.Fields.UnsupportedOfContext(ContextName).Select(e => $"{ofContext.Where}: {e}"));
        CheckCluster(context, errors);
        CheckUser(context, errors);
        return errors;
    }

    /// <summary>What the library needs to connect. Runs an exec plugin where there is one.</summary>
    /// <param name="pluginLimit">How long that may take.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KubeconfigException">It cannot be used.</exception>
    public async Task<ConnectionSettings> BuildAsync(TimeSpan pluginLimit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (Check() is { Count: > 0 } errors) throw new KubeconfigException(string.Join(" ", errors));
        var context = Context()!;
        var user = _merged.Users.FirstOrDefault(u => Is(u.Name, context.User))?.UserCredentials;
        var expiresAt = user is null ? null : await CompleteAsync(user, context, pluginLimit, timeProvider, cancellationToken).ConfigureAwait(false);
        var ofCluster = TextOf(f => f.HasCluster(context.Cluster))!;
        var endpoint = Cluster(context)!.ClusterEndpoint;
        var authorities = AuthoritiesOf(endpoint, ofCluster);
        try
        {
            // The library would take the first authority only, and paths from the current folder.
            (endpoint.CertificateAuthority, endpoint.CertificateAuthorityData) = (null, null);
            var configuration = KubernetesClientConfiguration.BuildConfigFromConfigObject(_merged, ContextName);
            configuration.SslCaCerts = authorities;
            return new ConnectionSettings(configuration)
            {
                AllowCompression = ofCluster.Fields.ClusterField(context.Cluster, "disable-compression") is not "true",
                Proxy = ofCluster.Fields.ClusterField(context.Cluster, "proxy-url") is { Length: > 0 } proxy ? ProxyUrl.Parse(proxy) : null,
                Impersonation = TextOf(f => f.HasUser(context.User)) is { } ofUser ? Impersonation.Headers(ofUser.Fields, context.User) : [],
                ExpiresAt = expiresAt,
            };
        }
        catch (Exception e) when (e is not KubeconfigException)
        {
            // The library throws of everything; what escaped here would end the connector.
            throw new KubeconfigException($"{Where}, context '{DnsLabel.Printable(ContextName)}': {SafeMessage(e)}", e);
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

    private static bool Is(string? left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static string Base64(string pem) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));

    private ContextDetails? Context() => ContextName is null ? null : _merged.Contexts.FirstOrDefault(c => Is(c.Name, ContextName))?.ContextDetails;

    private Cluster? Cluster(ContextDetails context) => _merged.Clusters.FirstOrDefault(c => Is(c.Name, context.Cluster));

    // Of files that are merged, the first that has a name has it whole: fields of later ones do not count.
    private KubeconfigText? TextOf(Func<KubeconfigFields, bool> has) => _texts.Find(t => has(t.Fields));

    private void CheckCluster(ContextDetails context, List<string> errors)
    {
        var name = DnsLabel.Printable(context.Cluster);
        if (Cluster(context)?.ClusterEndpoint is not { Server.Length: > 0 } endpoint || TextOf(f => f.HasCluster(context.Cluster)) is not { } text)
        {
            errors.Add($"{Where}: context '{DnsLabel.Printable(ContextName)}' names cluster '{name}', which has no server.");
            return;
        }

        if (!Uri.TryCreate(endpoint.Server, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
        {
            errors.Add($"{text.Where}: cluster '{name}': server is no http or https address.");
        }
        else if (server.UserInfo.Length > 0)
        {
            errors.Add($"{text.Where}: cluster '{name}': server must not hold a user or password.");
        }

        var unsupported = text.Fields.UnsupportedOfCluster(context.Cluster, text.Allowed);
        errors.AddRange(unsupported.Select(e => $"{text.Where}: {e}"));
        if (text.Fields.ClusterField(context.Cluster, "proxy-url") is { Length: > 0 } proxy && ProxyUrl.Check(proxy) is { } wrong) errors.Add($"{text.Where}: cluster '{name}': {wrong}");

        // No file is opened that may not be.
        if (unsupported.Count > 0) return;
        try
        {
            CheckPath(text, endpoint.CertificateAuthority, "certificate-authority");
            AuthoritiesOf(endpoint, text);
        }
        catch (KubeconfigException e)
        {
            var field = string.IsNullOrEmpty(endpoint.CertificateAuthorityData) ? "certificate-authority" : "certificate-authority-data";
            errors.Add($"{text.Where}: cluster '{name}': {field}: {e.Message}");
        }
    }

    private void CheckUser(ContextDetails context, List<string> errors)
    {
        if (string.IsNullOrEmpty(context.User)) return;
        if (!_merged.Users.Any(u => Is(u.Name, context.User)))
        {
            errors.Add($"{Where}: context '{DnsLabel.Printable(ContextName)}' names user '{DnsLabel.Printable(context.User)}', which is not there.");
        }

        if (TextOf(f => f.HasUser(context.User)) is { } text) errors.AddRange(text.Fields.UnsupportedOfUser(context.User, text.Allowed).Select(e => $"{text.Where}: {e}"));
    }

    private static void CheckPath(KubeconfigText text, string? path, string field)
    {
        if (text.Folder is null && !string.IsNullOrEmpty(path) && !Path.IsPathRooted(path))
        {
            throw new KubeconfigException($"{field} is a relative path, which counts from nowhere in a kubeconfig given as data; make it absolute.");
        }
    }

    // As in client-go, the data goes before the file.
    private System.Security.Cryptography.X509Certificates.X509Certificate2Collection? AuthoritiesOf(ClusterEndpoint endpoint, KubeconfigText text)
    {
        if (!string.IsNullOrEmpty(endpoint.CertificateAuthorityData)) return CertificateFile.Parse(endpoint.CertificateAuthorityData);
        return string.IsNullOrEmpty(endpoint.CertificateAuthority) ? null : CertificateFile.Read(text.Absolute(endpoint.CertificateAuthority), _files);
    }

    /// <summary>
    /// Puts into the user what the library would read later, not at all, or in its own way: files (so that it is known what was read), the token file, and what a plugin gives.
    /// </summary>
    /// <returns>When the credentials end, where a plugin says so.</returns>
    private async Task<DateTimeOffset?> CompleteAsync(UserCredentials user, ContextDetails context, TimeSpan pluginLimit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var text = TextOf(f => f.HasUser(context.User))!;
        var where = $"{text.Where}: user '{DnsLabel.Printable(context.User)}'";
        try
        {
            user.ClientCertificateData = Content(text, "client-certificate", user.ClientCertificateData, user.ClientCertificate);
            user.ClientKeyData = Content(text, "client-key", user.ClientKeyData, user.ClientKey);
            (user.ClientCertificate, user.ClientKey) = (null, null);
            if (text.Fields.UserField(context.User, "tokenFile") is { Length: > 0 } tokenFile)
            {
                // As in client-go, it goes before the token.
                CheckPath(text, tokenFile, "tokenFile");
                user.Token = _files.ReadText(text.Absolute(tokenFile)).Trim();
                if (user.Token.Length == 0) throw new KubeconfigException($"tokenFile: {text.Absolute(tokenFile)} is empty.");
            }

            if (user.ExternalExecution is not { } plugin) return null;
            CheckPath(text, plugin.Command.Contains('/', StringComparison.Ordinal) ? plugin.Command : null, "exec.command");
            plugin.Command = text.Command(plugin.Command);
            user.ExternalExecution = null;
            var credential = await new ExecPlugin(plugin, Info(plugin, context), pluginLimit, timeProvider).RunAsync(cancellationToken).ConfigureAwait(false);
            user.Token = credential.Token ?? user.Token;
            if (credential.Certificate is not null) (user.ClientCertificateData, user.ClientKeyData) = (Base64(credential.Certificate), Base64(credential.Key!));
            return credential.ExpiresAt;
        }
        catch (KubeconfigException e)
        {
            throw new KubeconfigException($"{where}: {e.Message}", e.InnerException);
        }
    }

    private string? Content(KubeconfigText text, string field, string? data, string? path)
    {
        if (!string.IsNullOrEmpty(data) || string.IsNullOrEmpty(path)) return data;
        CheckPath(text, path, field);
        try
        {
            return Convert.ToBase64String(_files.Read(text.Absolute(path)));
        }
        catch (KubeconfigException e)
        {
            throw new KubeconfigException($"{field}: {e.Message}", e.InnerException);
        }
    }

    // The ExecCredential that a plugin is given, as in client-go.
    private string Info(ExternalExecution plugin, ContextDetails context)
    {
        var spec = new JsonObject { ["interactive"] = false };
        if (plugin.ProvideClusterInfo) spec["cluster"] = ClusterInfo(context);
        return new JsonObject { ["apiVersion"] = plugin.ApiVersion, ["kind"] = "ExecCredential", ["spec"] = spec }.ToJsonString();
    }

    private JsonObject ClusterInfo(ContextDetails context)
    {
        var endpoint = Cluster(context)!.ClusterEndpoint;
        var text = TextOf(f => f.HasCluster(context.Cluster))!;
        var info = new JsonObject { ["server"] = endpoint.Server };
        if (!string.IsNullOrEmpty(endpoint.TlsServerName)) info["tls-server-name"] = endpoint.TlsServerName;
        if (endpoint.SkipTlsVerify) info["insecure-skip-tls-verify"] = true;
        if (!string.IsNullOrEmpty(endpoint.CertificateAuthorityData)) info["certificate-authority-data"] = endpoint.CertificateAuthorityData;
        else if (!string.IsNullOrEmpty(endpoint.CertificateAuthority)) info["certificate-authority-data"] = Convert.ToBase64String(_files.Read(text.Absolute(endpoint.CertificateAuthority)));
        if (text.Fields.ClusterField(context.Cluster, "proxy-url") is { Length: > 0 } proxy) info["proxy-url"] = proxy;
        if (text.Fields.ClusterField(context.Cluster, "disable-compression") is "true") info["disable-compression"] = true;
        if (text.Fields.ExecConfig(context.Cluster) is { } config) info["config"] = config;
        return info;
    }
}
