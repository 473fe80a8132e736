using System.Globalization;
using System.Text.Json.Nodes;
using k8s.KubeConfigModels;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using static Mesh.Connection.YamlFields;

namespace Mesh.Connection;

/// <summary>
/// One kubeconfig text by its fields: finds those that the client library passes over in silence. A proxy that is not used, or an identity that is not taken, is worse than an error.
/// </summary>
internal sealed class KubeconfigFields
{
    private const string UserExtra = "as-user-extra";
    private const string ExecExtension = "client.authentication.k8s.io/exec";

    private static readonly HashSet<string> OfFile = new(StringComparer.Ordinal)
    {
        "apiVersion", "kind", "preferences", "current-context", "clusters", "contexts", "users", "extensions",
    };

    private static readonly HashSet<string> OfContext = new(StringComparer.Ordinal) { "cluster", "user", "namespace", "extensions" };

    private static readonly HashSet<string> OfCluster = new(StringComparer.Ordinal)
    {
        "server", "certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify", "tls-server-name", "proxy-url", "disable-compression", "extensions",
    };

    private static readonly HashSet<string> OfUser = new(StringComparer.Ordinal)
    {
        "client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile", "as", "as-uid", "as-groups", "as-user-extra",
        "username", "password", "exec", "auth-provider", "extensions",
    };

    private static readonly HashSet<string> OfExec = new(StringComparer.Ordinal)
    {
        "apiVersion", "command", "args", "env", "installHint", "interactiveMode", "provideClusterInfo",
    };

    private readonly YamlMappingNode _root;

    /// <exception cref="KubeconfigException">The text is empty, or no YAML object.</exception>
    public KubeconfigFields(string yaml) => _root = Root(yaml);

    /// <summary>What the client library needs of it.</summary>
    /// <exception cref="KubeconfigException">A field has another shape than kubeconfigs have.</exception>
    public K8SConfiguration ForLibrary() => KubeconfigModel.Read(_root);

    public bool HasContext(string? name) => Named("contexts", "context", name) is not null;

    public bool HasCluster(string? name) => Named("clusters", "cluster", name) is not null;

    public bool HasUser(string? name) => Named("users", "user", name) is not null;

    /// <summary>A field of a cluster that the library does not read.</summary>
    public string? ClusterField(string? cluster, string field) => Named("clusters", "cluster", cluster) is { } fields ? Scalar(fields, field) : null;

    /// <summary>A field of a user that the library does not read.</summary>
    public string? UserField(string? user, string field) => Named("users", "user", user) is { } fields ? Scalar(fields, field) : null;

    /// <summary>A list of a user; one value counts as a list of it.</summary>
    public IReadOnlyList<string> UserList(string? user, string field) => Named("users", "user", user) is { } fields ? List(Child(fields, field)) : [];

    /// <summary>The lists of a user's field, by their names.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> UserLists(string? user, string field) =>
        Named("users", "user", user) is { } fields && Child(fields, field) is YamlMappingNode lists
            ? lists.Children.Where(static l => l.Key is YamlScalarNode).ToDictionary(static l => ((YamlScalarNode)l.Key).Value ?? "", static IReadOnlyList<string> (l) => List(l.Value))
            : new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What a cluster's extension has for credential plugins, as JSON.</summary>
    public JsonNode? ExecConfig(string? cluster)
    {
        if (Named("clusters", "cluster", cluster) is not { } fields || Child(fields, "extensions") is not YamlSequenceNode extensions) return null;
        return extensions.OfType<YamlMappingNode>().FirstOrDefault(static e => Scalar(e, "name") == ExecExtension) is { } own && Child(own, "extension") is { } extension ? Json(extension) : null;
    }

    /// <summary>The fields of the text itself that are not known, with what to do.</summary>
    public List<string> UnsupportedOfFile()
    {
        var errors = new List<string>();
        Check(_root, OfFile, "kubeconfig", errors);
        return errors;
    }

    /// <summary>The fields of the named context that are not supported, with what to do.</summary>
    public List<string> UnsupportedOfContext(string? context)
    {
        var errors = new List<string>();
        if (Named("contexts", "context", context) is { } fields) Check(fields, OfContext, $"context '{DnsLabel.Printable(context)}'", errors);
        return errors;
    }

    /// <summary>The fields of the named cluster that are not supported or not allowed, with what to do.</summary>
    public List<string> UnsupportedOfCluster(string? cluster, KubeconfigFeatures allowed)
    {
        var errors = new List<string>();
        if (Named("clusters", "cluster", cluster) is not { } fields) return errors;
        var where = $"cluster '{DnsLabel.Printable(cluster)}'";
        Check(fields, OfCluster, where, errors);
        CheckAllowed(fields, ["certificate-authority"], KubeconfigFeatures.Files, allowed, where, errors);
        CheckAllowed(fields, ["proxy-url"], KubeconfigFeatures.Proxy, allowed, where, errors);
        if (Scalar(fields, "insecure-skip-tls-verify") is not (null or "false")) CheckAllowed(fields, ["insecure-skip-tls-verify"], KubeconfigFeatures.InsecureTls, allowed, where, errors);
        return errors;
    }

    /// <summary>The fields of the named user that are not supported or not allowed, with what to do.</summary>
    public List<string> UnsupportedOfUser(string? user, KubeconfigFeatures allowed)
    {
        var errors = new List<string>();
        if (Named("users", "user", user) is not { } fields) return errors;
        var where = $"user '{DnsLabel.Printable(user)}'";
        Check(fields, OfUser, where, errors);
        CheckAllowed(fields, ["client-certificate", "client-key", "tokenFile"], KubeconfigFeatures.Files, allowed, where, errors);
        CheckAllowed(fields, ["exec"], KubeconfigFeatures.ExecPlugins, allowed, where, errors);
        CheckAllowed(fields, ["auth-provider"], KubeconfigFeatures.AuthProviders, allowed, where, errors);
        if (Child(fields, "auth-provider") is YamlMappingNode provider && Scalar(provider, "name") is var name and not "oidc")
        {
            errors.Add($"{where}: auth-provider '{DnsLabel.Printable(name)}' is not supported. Use the exec plugin of its maker.");
        }

        // The library would go on without the certificate.
        if (HasAny(fields, "client-certificate", "client-certificate-data") != HasAny(fields, "client-key", "client-key-data"))
        {
            errors.Add($"{where}: client-certificate and client-key belong together; one of them is missing.");
        }

        if (!HasAny(fields, "as") && HasAny(fields, "as-uid", "as-groups", "as-user-extra")) errors.Add($"{where}: as-uid, as-groups and as-user-extra need the user they belong to; set as.");

        // .NET's HTTP client sends the values of a header as one, which the API server would take for the name of one strange group.
        if (List(Child(fields, "as-groups")).Count > 1) errors.Add($"{where}: as-groups with more than one group is not supported. Bind the rights to one group, or give credentials of the identity itself.");
        foreach (var (key, _) in UserLists(user, UserExtra).Where(static e => e.Value.Count > 1))
        {
            errors.Add($"{where}: as-user-extra with more than one value of '{DnsLabel.Printable(key)}' is not supported. Give credentials of the identity itself.");
        }

        if (Child(fields, "exec") is { } exec) CheckExec(exec, where, errors);
        return errors;
    }

    private static void CheckExec(YamlNode node, string where, List<string> errors)
    {
        if (node is not YamlMappingNode exec)
        {
            errors.Add($"{where}: exec is no object.");
            return;
        }

        Check(exec, OfExec, $"{where}, exec", errors);
        if (string.IsNullOrWhiteSpace(Scalar(exec, "command"))) errors.Add($"{where}: exec.command is missing.");
        if (Scalar(exec, "apiVersion") is var version and not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
        {
            errors.Add($"{where}: exec.apiVersion '{DnsLabel.Printable(version)}' is not supported; use client.authentication.k8s.io/v1 or v1beta1.");
        }

        if (Scalar(exec, "interactiveMode") is var mode and not (null or "" or "Never" or "IfAvailable"))
        {
            errors.Add($"{where}: exec.interactiveMode {DnsLabel.Printable(mode)} is not supported; there is no terminal. Use Never or IfAvailable.");
        }

        if (Child(exec, "env") is YamlSequenceNode variables && variables.Any(static v => v is not YamlMappingNode variable || string.IsNullOrEmpty(Scalar(variable, "name"))))
        {
            errors.Add($"{where}: exec.env has an entry without a name.");
        }
    }

    private static void CheckAllowed(YamlMappingNode fields, string[] names, KubeconfigFeatures feature, KubeconfigFeatures allowed, string where, List<string> errors)
    {
        if (allowed.HasFlag(feature)) return;
        foreach (var name in names.Where(n => HasAny(fields, n)))
        {
            errors.Add($"{where}: '{name}' is not accepted in a kubeconfig given as data, as whoever writes it is not the owner of this machine. Allow {feature} with KubeconfigAllows if it is.");
        }
    }

    private static void Check(YamlMappingNode fields, HashSet<string> known, string where, List<string> errors)
    {
        foreach (var key in fields.Children.Keys)
        {
            var name = (key as YamlScalarNode)?.Value ?? "?";
            if (!known.Contains(name)) errors.Add($"{where}: field '{DnsLabel.Printable(name)}' is not supported. Remove it.");
        }
    }

    private YamlMappingNode? Named(string list, string item, string? name)
    {
        foreach (var entry in Entries(list))
        {
            if (string.Equals(Scalar(entry, "name"), name, StringComparison.OrdinalIgnoreCase)) return Child(entry, item) as YamlMappingNode;
        }

        return null;
    }

    private IEnumerable<YamlMappingNode> Entries(string list) => Child(_root, list) is YamlSequenceNode entries ? entries.OfType<YamlMappingNode>() : [];

    private static YamlMappingNode Root(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new BoundedYaml(yaml));
            if (stream.Documents.Count == 0) throw new KubeconfigException("it is empty.");
            return stream.Documents[0].RootNode as YamlMappingNode ?? throw new KubeconfigException("it is no kubeconfig.");
        }
        catch (YamlException e)
        {
            // The library's message may quote the file.
            throw new KubeconfigException($"it is not YAML (line {e.Start.Line}, column {e.Start.Column}).");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or InvalidCastException)
        {
            throw new KubeconfigException("it is not YAML.");
        }
    }

    private static bool HasAny(YamlMappingNode fields, params string[] names) => names.Any(n => Child(fields, n) is { } child and not YamlScalarNode { Value: null or "" });

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(static c => KeyValuePair.Create((c.Key as YamlScalarNode)?.Value ?? "", Json(c.Value)))),
        YamlSequenceNode list => new JsonArray(list.Select(Json).ToArray()),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static JsonValue? Plain(string? value) => value switch
    {
        null or "" or "~" or "null" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(value),
    };
}
