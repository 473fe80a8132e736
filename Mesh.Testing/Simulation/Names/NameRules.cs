using System.Text.RegularExpressions;

namespace Mesh.Simulation;

/// <summary>The naming rules of Kubernetes (<c>k8s.io/apimachinery/pkg/util/validation</c>), each saying what is wrong in its words.</summary>
internal static partial class NameRules
{
    private const string LabelMessage =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string SubdomainMessage =
        @"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string NamePartMessage =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string ValueMessage =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const string ConfigKeyMessage =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    /// <summary>RFC 1123 label.</summary>
    public static string? LabelProblem(string name) =>
        name.Length > 63 ? "must be no more than 63 characters" : Label().IsMatch(name) ? null : LabelMessage;

    /// <summary>RFC 1123 subdomain.</summary>
    public static string? SubdomainProblem(string name) =>
        name.Length > 253 ? "must be no more than 253 characters" : Subdomain().IsMatch(name) ? null : SubdomainMessage;

    /// <summary>A name that may stand in a path: what RBAC objects are called.</summary>
    public static string? PathSegmentProblem(string name) =>
        name is "." or ".." ? $"may not be '{name}'"
        : name.Contains('/', StringComparison.Ordinal) ? "may not contain '/'"
        : name.Contains('%', StringComparison.Ordinal) ? "may not contain '%'"
        : null;

    /// <summary>The key of a label or an annotation: <c>prefix/name</c> or <c>name</c>.</summary>
    public static string? QualifiedNameProblem(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key;
        if (slash >= 0)
        {
            var prefix = key[..slash];
            name = key[(slash + 1)..];
            if (name.Contains('/', StringComparison.Ordinal))
                return "a qualified name " + NamePartMessage[10..] + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            if (prefix.Length == 0) return "prefix part must be non-empty";
            if (SubdomainProblem(prefix) is { } problem) return "prefix part " + problem;
        }

        return name.Length == 0 ? "name part must be non-empty"
            : name.Length > 63 ? "name part must be no more than 63 characters"
            : Name().IsMatch(name) ? null : NamePartMessage;
    }

    public static string? LabelValueProblem(string value) =>
        value.Length > 63 ? "must be no more than 63 characters" : value.Length == 0 || Name().IsMatch(value) ? null : ValueMessage;

    public static string? ConfigKeyProblem(string key) =>
        key.Length > 253 ? "must be no more than 253 characters" : ConfigKey().IsMatch(key) ? null : ConfigKeyMessage;

    /// <summary>An IANA service name: what a target port may be called.</summary>
    public static IEnumerable<string> PortNameProblems(string name)
    {
        if (name.Length > 15) yield return "must be no more than 15 characters";
        if (!PortCharacters().IsMatch(name)) yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        if (!name.Any(char.IsAsciiLetter)) yield return "must contain at least one letter (a-z)";
        if (name.Contains("--", StringComparison.Ordinal)) yield return "must not contain consecutive hyphens";
        if (name.StartsWith('-') || name.EndsWith('-')) yield return "must not begin or end with a hyphen";
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex ConfigKey();

    [GeneratedRegex(@"^[-a-z0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex PortCharacters();
}
