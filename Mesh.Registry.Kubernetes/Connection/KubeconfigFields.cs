using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mesh.Connection;

/// <summary>
/// Finds fields of a kubeconfig that the client library passes over in silence: a proxy that is not used, or an identity that is not taken, is worse
/// than an error.
/// </summary>
internal static class KubeconfigFields
{
    private static readonly HashSet<string> OfCluster = new(StringComparer.Ordinal)
    {
        "server", "certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify", "tls-server-name", "disable-compression", "extensions",
    };

    private static readonly HashSet<string> OfUser = new(StringComparer.Ordinal)
    {
        "client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile", "username", "password", "exec", "auth-provider", "extensions",
    };

    private static readonly HashSet<string> OfExec = new(StringComparer.Ordinal)
    {
        "apiVersion", "command", "args", "env", "installHint", "interactiveMode", "provideClusterInfo",
    };

    /// <summary>Whether the text has the named cluster.</summary>
    /// <exception cref="KubeconfigException">The text is not YAML.</exception>
    public static bool HasCluster(string yaml, string? cluster) => Named(yaml, "clusters", "cluster", cluster) is not null;

    /// <summary>Whether the text has the named user.</summary>
    /// <exception cref="KubeconfigException">The text is not YAML.</exception>
    public static bool HasUser(string yaml, string? user) => Named(yaml, "users", "user", user) is not null;

    /// <summary>The fields of the named cluster that are not supported, with what to do.</summary>
    public static List<string> UnsupportedOfCluster(string yaml, string? cluster)
    {
        var errors = new List<string>();
        if (Named(yaml, "clusters", "cluster", cluster) is { } clusterFields) Check(clusterFields, OfCluster, $"cluster '{cluster}'", errors);
        return errors;
    }

    /// <summary>The fields of the named user that are not supported, with what to do.</summary>
    public static List<string> UnsupportedOfUser(string yaml, string? user)
    {
        var errors = new List<string>();
        if (Named(yaml, "users", "user", user) is { } userFields)
        {
            Check(userFields, OfUser, $"user '{user}'", errors);
            if (Child(userFields, "auth-provider") is YamlMappingNode provider && Scalar(provider, "name") is var name and not "oidc")
            {
                errors.Add($"user '{user}': auth-provider '{DnsLabel.Printable(name)}' is not supported. Use the exec plugin of its maker.");
            }

            if (Child(userFields, "exec") is YamlMappingNode exec)
            {
                Check(exec, OfExec, $"user '{user}', exec", errors);
                if (Scalar(exec, "provideClusterInfo") is "true") errors.Add($"user '{user}': exec.provideClusterInfo is not supported; a plugin that needs it cannot be used.");
                if (Scalar(exec, "interactiveMode") is "Always") errors.Add($"user '{user}': exec.interactiveMode Always is not supported; there is no terminal.");
            }
        }

        return errors;
    }

    /// <summary>The <c>tokenFile</c> of the named user, which the library does not read.</summary>
    public static string? TokenFile(string yaml, string? user) => Named(yaml, "users", "user", user) is { } fields ? Scalar(fields, "tokenFile") : null;

    /// <summary>Whether the named cluster asks for no compression.</summary>
    public static bool DisablesCompression(string yaml, string? cluster) =>
        Named(yaml, "clusters", "cluster", cluster) is { } fields && Scalar(fields, "disable-compression") is "true";

    private static void Check(YamlMappingNode fields, HashSet<string> known, string where, List<string> errors)
    {
        foreach (var key in fields.Children.Keys)
        {
            var name = (key as YamlScalarNode)?.Value ?? "?";
            if (known.Contains(name)) continue;
            var advice = name switch
            {
                "proxy-url" => "Reach the API server directly, or through a proxy of the system's network.",
                "as" or "as-uid" or "as-groups" or "as-user-extra" => "Give credentials of the identity itself.",
                _ => "Remove it.",
            };
            errors.Add($"{where}: field '{DnsLabel.Printable(name)}' is not supported. {advice}");
        }
    }

    private static YamlMappingNode? Named(string yaml, string list, string item, string? name)
    {
        if (Root(yaml) is not { } root || Child(root, list) is not YamlSequenceNode entries) return null;
        foreach (var entry in entries.OfType<YamlMappingNode>())
        {
            if (string.Equals(Scalar(entry, "name"), name, StringComparison.OrdinalIgnoreCase)) return Child(entry, item) as YamlMappingNode;
        }

        return null;
    }

    private static YamlMappingNode? Root(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode as YamlMappingNode;
        }
        catch (YamlException e)
        {
            // The library's message may quote the file.
            throw new KubeconfigException($"it is not YAML (line {e.Start.Line}, column {e.Start.Column}).");
        }
    }

    private static YamlNode? Child(YamlMappingNode node, string name) => node.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null;

    private static string? Scalar(YamlMappingNode node, string name) => (Child(node, name) as YamlScalarNode)?.Value;
}
