using System.Net;
using System.Text.Json.Nodes;

namespace Mesh.Contract;

/// <summary>
/// What every provider's server must do alike, behaviour by behaviour (<see cref="Behaviours"/>). A derived class says which provider it is and gives
/// the server; each test works in a namespace of its own, so one server may be shared. A difference between providers is the simulator's bug.
/// </summary>
public abstract partial class KubernetesContract : IAsyncLifetime
{
    /// <summary>Leaves out the ConfigMap that a controller manager puts into each new namespace, whenever it gets round to it.</summary>
    private protected const string Ours = "fieldSelector=metadata.name!%3Dkube-root-ca.crt";

    private protected const string MergePatchType = "application/merge-patch+json";
    private static int _namespaces;
    private IKubernetesServer? _server;
    private RawClient? _client;

    private protected IKubernetesServer Server => _server!;

    private protected RawClient Client => _client!;

    private protected string Namespace { get; private set; } = "";

    private protected string Slices => $"/apis/discovery.k8s.io/v1/namespaces/{Namespace}/endpointslices";

    private protected string Services => $"/api/v1/namespaces/{Namespace}/services";

    private protected string ConfigMaps => $"/api/v1/namespaces/{Namespace}/configmaps";

    private protected string Leases => $"/apis/coordination.k8s.io/v1/namespaces/{Namespace}/leases";

    /// <summary>How the server is made to fail, where it can be.</summary>
    private protected SimulatedServerFaults Faults => ((SimulatedKubernetesServer)Server).Faults;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerAsync();
        (Server.Capabilities & ContractNeeds.Deciding).ShouldBe(
            BehaviourSelection.ProviderOf(GetType()).Capabilities & ContractNeeds.Deciding, "the capabilities on the class are not those of the server");
        _client = new RawClient(Server);
        Namespace = $"contract-{Guid.NewGuid():N}-{Interlocked.Increment(ref _namespaces)}";
        await CreateNamespaceAsync(Namespace);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        ContractReport.Record(GetType());
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }

    protected abstract Task<IKubernetesServer> ServerAsync();

    private async Task CreateNamespaceAsync(string name) =>
        (await Client.SendAsync("POST", "/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{name}}}"}}""")).Code.ShouldBe(HttpStatusCode.Created);

    private protected async Task<JsonObject> CreateConfigMapAsync(string name, string labels = "")
    {
        var (code, made) = await Client.SendAsync("POST", ConfigMaps, $$$"""{"metadata":{"name":"{{{name}}}","labels":{ {{{labels}}} } } }""");
        code.ShouldBe(HttpStatusCode.Created);
        return made;
    }

    /// <summary>A merge patch that must be taken.</summary>
    private async Task<JsonObject> PatchAsync(string path, string patch)
    {
        var (code, patched) = await Client.SendAsync("PATCH", path, patch, MergePatchType);
        code.ShouldBe(HttpStatusCode.OK);
        return patched;
    }

    private async Task<string> ListVersionAsync(string path) => Version((await Client.GetAsync(path)).Body);

    private protected async Task<JsonObject> RefusedAsync(string method, string path, string? body, int code, string reason, string? message, string mediaType = "application/json")
    {
        var (answer, status) = await Client.SendAsync(method, path, body, mediaType);
        ((int)answer).ShouldBe(code);
        Text(status, "kind").ShouldBe("Status");
        Text(status, "reason").ShouldBe(reason);
        if (message is not null) Text(status, "message").ShouldBe(message);
        return status;
    }

    private protected static string Text(JsonObject tree, params string[] path)
    {
        JsonNode? node = tree;
        foreach (var one in path) node = node?[one];
        return (string?)node ?? "";
    }

    private protected static string Version(JsonObject tree) => Text(tree, "metadata", "resourceVersion");

    private protected static long Number(string resourceVersion) => long.Parse(resourceVersion, null);

    private protected static IReadOnlyList<string> Names(JsonObject list) => [.. list["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!)];
}
