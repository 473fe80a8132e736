using k8s.KubeConfigModels;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using static Mesh.Connection.YamlFields;

namespace Mesh.Connection;

/// <summary>
/// The client library's model of a kubeconfig, filled from YAML nodes. The library's own reader looks through all of its two thousand types first, which is most of what a start with a
/// kubeconfig took, and its messages quote the text.
/// </summary>
internal static class KubeconfigModel
{
    /// <exception cref="KubeconfigException">A field has another shape than kubeconfigs have.</exception>
    public static K8SConfiguration Read(YamlMappingNode root) => new()
    {
        CurrentContext = Text(root, "current-context"),
        Contexts = Entries(root, "contexts").ConvertAll(static e => new Context { Name = Text(e, "name"), ContextDetails = Map(e, "context") is { } fields ? ReadContext(fields) : null }),
        Clusters = Entries(root, "clusters").ConvertAll(static e => new Cluster { Name = Text(e, "name"), ClusterEndpoint = Map(e, "cluster") is { } fields ? ReadCluster(fields) : null }),
        Users = Entries(root, "users").ConvertAll(static e => new User { Name = Text(e, "name"), UserCredentials = ReadUser(Map(e, "user") ?? []) }),
    };

    private static ContextDetails ReadContext(YamlMappingNode fields) => new()
    {
        Cluster = Text(fields, "cluster"),
        User = Text(fields, "user"),
        Namespace = Text(fields, "namespace"),
    };

    private static ClusterEndpoint ReadCluster(YamlMappingNode fields) => new()
    {
        Server = Text(fields, "server"),
        CertificateAuthority = Text(fields, "certificate-authority"),
        CertificateAuthorityData = Text(fields, "certificate-authority-data"),
        SkipTlsVerify = Flag(fields, "insecure-skip-tls-verify"),
        TlsServerName = Text(fields, "tls-server-name"),
    };

    private static UserCredentials ReadUser(YamlMappingNode fields) => new()
    {
        ClientCertificate = Text(fields, "client-certificate"),
        ClientCertificateData = Text(fields, "client-certificate-data"),
        ClientKey = Text(fields, "client-key"),
        ClientKeyData = Text(fields, "client-key-data"),
        Token = Text(fields, "token"),
        UserName = Text(fields, "username"),
        Password = Text(fields, "password"),
        AuthProvider = Map(fields, "auth-provider") is { } provider ? new AuthProvider { Name = Text(provider, "name"), Config = Texts(Map(provider, "config")) } : null,
        ExternalExecution = Map(fields, "exec") is { } exec ? ReadExec(exec) : null,
    };

    private static ExternalExecution ReadExec(YamlMappingNode fields) => new()
    {
        ApiVersion = Text(fields, "apiVersion"),
        Command = Text(fields, "command"),
        Arguments = List(Child(fields, "args")),
        EnvironmentVariables = Entries(fields, "env").ConvertAll(Texts),
        InstallHint = Text(fields, "installHint"),
        ProvideClusterInfo = Flag(fields, "provideClusterInfo"),
    };

    // "clusters: null" is what kubectl writes for none.
    private static List<YamlMappingNode> Entries(YamlMappingNode node, string name) => Child(node, name) switch
    {
        null => [],
        YamlScalarNode scalar when IsNull(scalar) => [],
        YamlSequenceNode list => list.Where(static e => e is not YamlScalarNode scalar || !IsNull(scalar)).Select(e => e as YamlMappingNode ?? throw new KubeconfigException($"{name}: an entry is no object.")).ToList(),
        _ => throw new KubeconfigException($"{name} is no list."),
    };

    private static YamlMappingNode? Map(YamlMappingNode node, string name) => Child(node, name) switch
    {
        null => null,
        YamlScalarNode scalar when IsNull(scalar) => null,
        YamlMappingNode map => map,
        _ => throw new KubeconfigException($"{name} is no object."),
    };

    private static Dictionary<string, string> Texts(YamlMappingNode? node) => node is null
        ? []
        : node.Children.Keys.OfType<YamlScalarNode>().Select(static k => k.Value ?? "").ToDictionary(static k => k, k => Text(node, k) ?? "", StringComparer.Ordinal);

    private static string? Text(YamlMappingNode node, string name) => Child(node, name) switch
    {
        null => null,
        YamlScalarNode scalar => IsNull(scalar) ? null : scalar.Value,
        _ => throw new KubeconfigException($"{name} is no text."),
    };

    private static bool Flag(YamlMappingNode node, string name) => Text(node, name) switch
    {
        null or "" => false,
        { } text when bool.TryParse(text, out var flag) => flag,
        _ => throw new KubeconfigException($"{name} is neither true nor false."),
    };

    private static bool IsNull(YamlScalarNode scalar) => scalar is { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };
}
