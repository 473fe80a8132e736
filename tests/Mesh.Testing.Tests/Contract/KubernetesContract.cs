using System.Net;
using System.Text.Json.Nodes;

namespace Mesh.Contract;

/// <summary>
/// What every provider's server must do alike. A derived class gives the server; each test works in a namespace of its own, so one server may
/// be shared. A difference between providers is the simulator's bug.
/// </summary>
public abstract class KubernetesContract : IAsyncLifetime
{
    private RawClient? _client;
    private static int _namespaces;

    protected abstract Task<IKubernetesServer> ServerAsync();

    private protected RawClient Client => _client!;

    private protected string Namespace { get; private set; } = "";

    private protected string Slices => $"/apis/discovery.k8s.io/v1/namespaces/{Namespace}/endpointslices";

    private protected string Services => $"/api/v1/namespaces/{Namespace}/services";

    /// <summary>Leaves out the ConfigMap that a controller manager puts into each new namespace, whenever it gets round to it.</summary>
    private protected const string Ours = "fieldSelector=metadata.name!%3Dkube-root-ca.crt";

    private protected string ConfigMaps => $"/api/v1/namespaces/{Namespace}/configmaps";

    public async ValueTask InitializeAsync()
    {
        var server = await ServerAsync();
        _client = new RawClient(server);
        Namespace = $"contract-{Guid.NewGuid():N}-{Interlocked.Increment(ref _namespaces)}";
        (await Client.SendAsync("POST", "/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{Namespace}}}"}}""")).Code.ShouldBe(HttpStatusCode.Created);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Create_NewObject_Answers201WithIdentityAndVersion()
    {
        var (code, made) = await Client.SendAsync("POST", Slices, """{"metadata":{"generateName":"a-"},"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}]}""");

        code.ShouldBe(HttpStatusCode.Created);
        Text(made, "metadata", "uid").Length.ShouldBe(36);
        Text(made, "metadata", "creationTimestamp").ShouldEndWith("Z");
        Text(made, "metadata", "name").ShouldMatch("^a-[a-z0-9]{5}$");
        long.Parse(Text(made, "metadata", "resourceVersion"), null).ShouldBePositive();
        ((long)made["metadata"]!["generation"]!).ShouldBe(1);
        made["ports"].ShouldBeNull();
        made.ContainsKey("ports").ShouldBeTrue();
    }

    [Fact]
    public async Task Create_SameNameTwice_Answers409AlreadyExists()
    {
        await CreateConfigMapAsync("a");

        await RefusedAsync("POST", ConfigMaps, """{"metadata":{"name":"a"}}""", 409, "AlreadyExists", "configmaps \"a\" already exists");
    }

    [Theory]
    [InlineData("127.0.0.1", "IPv4", "endpoints[0].addresses[0]", "may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    [InlineData("169.254.1.1", "IPv4", "endpoints[0].addresses[0]", "may not be in the link-local range (169.254.0.0/16, fe80::/10)")]
    [InlineData("0.0.0.0", "IPv4", "endpoints[0].addresses[0]", "may not be unspecified (0.0.0.0)")]
    [InlineData("fd00::1", "IPv4", "endpoints[0].addresses", "")]
    [InlineData("fe80::1", "IPv6", "endpoints[0].addresses[0]", "may not be in the link-local range (169.254.0.0/16, fe80::/10)")]
    public async Task Create_AddressThatMeansNothing_Answers422WithTheField(string address, string type, string field, string why)
    {
        var (code, status) = await Client.SendAsync(
            "POST", Slices, $$"""{"metadata":{"name":"a"},"addressType":"{{type}}","endpoints":[{"addresses":["{{address}}"]}]}""");

        ((int)code).ShouldBe(422);
        Text(status, "message").ShouldStartWith("EndpointSlice.discovery.k8s.io \"a\" is invalid: endpoints[0].addresses");
        var cause = status["details"]!["causes"]![0]!.AsObject();
        Text(cause, "message").ShouldContain($"Invalid value: \"{address}\": {why}");

        // Versions differ in whether the wrong family is the list's fault or the address's.
        Text(cause, "field").ShouldStartWith(field);
    }

    [Fact]
    public async Task Get_Missing_Answers404WithDetails()
    {
        var status = await RefusedAsync("GET", Services + "/nope", null, 404, "NotFound", "services \"nope\" not found");

        Text(status, "details", "name").ShouldBe("nope");
        Text(status, "details", "kind").ShouldBe("services");
    }

    [Fact]
    public async Task Update_StaleVersion_Answers409Conflict()
    {
        await CreateConfigMapAsync("a");

        await RefusedAsync(
            "PUT", ConfigMaps + "/a", """{"metadata":{"name":"a","resourceVersion":"1"},"data":{"x":"1"}}""", 409, "Conflict",
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again");
    }

    [Fact]
    public async Task Update_NothingChanged_KeepsTheVersion()
    {
        var made = await CreateConfigMapAsync("a");

        var (_, updated) = await Client.SendAsync("PUT", ConfigMaps + "/a", """{"metadata":{"name":"a"}}""");

        Text(updated, "metadata", "resourceVersion").ShouldBe(Text(made, "metadata", "resourceVersion"));
    }

    [Fact]
    public async Task Patch_Merge_RemovesNulls()
    {
        await CreateConfigMapAsync("a");
        await Client.SendAsync("PATCH", ConfigMaps + "/a", """{"data":{"x":"1","y":"2"}}""", "application/merge-patch+json");

        var (_, patched) = await Client.SendAsync("PATCH", ConfigMaps + "/a", """{"data":{"x":null}}""", "application/merge-patch+json");

        patched["data"]!.ToJsonString().ShouldBe("""{"y":"2"}""");
    }

    [Fact]
    public async Task Patch_JsonTestFails_Answers422()
    {
        await CreateConfigMapAsync("a");

        var (code, _) = await Client.SendAsync(
            "PATCH", ConfigMaps + "/a", """[{"op":"test","path":"/metadata/name","value":"b"}]""", "application/json-patch+json");

        ((int)code).ShouldBe(422);
    }

    [Fact]
    public async Task Delete_WithFinalizer_WaitsForItsRemoval()
    {
        await Client.SendAsync("POST", ConfigMaps, """{"metadata":{"name":"a","finalizers":["example.com/hold"]}}""");

        var (_, marked) = await Client.SendAsync("DELETE", ConfigMaps + "/a");
        Text(marked, "metadata", "deletionTimestamp").ShouldNotBeEmpty();
        await Client.SendAsync("PATCH", ConfigMaps + "/a", """{"metadata":{"finalizers":null}}""", "application/merge-patch+json");

        (await Client.GetAsync(ConfigMaps + "/a")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Delete_WrongUid_Answers409()
    {
        await CreateConfigMapAsync("a");

        var (code, status) = await Client.SendAsync("DELETE", ConfigMaps + "/a", """{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"x"}}""");

        code.ShouldBe(HttpStatusCode.Conflict);
        Text(status, "message").ShouldContain("the UID in the precondition (x) does not match the UID in record");
    }

    [Fact]
    public async Task DeleteCollection_Selector_LeavesTheOthers()
    {
        await CreateConfigMapAsync("a", "\"k\":\"v\"");
        await CreateConfigMapAsync("b");

        await Client.SendAsync("DELETE", ConfigMaps + "?labelSelector=k%3Dv");

        (await Client.GetAsync(ConfigMaps + "/a")).Code.ShouldBe(HttpStatusCode.NotFound);
        (await Client.GetAsync(ConfigMaps + "/b")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task List_Pages_ShowOneRevision()
    {
        foreach (var name in (string[])["a", "b", "c"]) await CreateConfigMapAsync(name, "\"page\":\"1\"");
        var (_, first) = await Client.GetAsync(ConfigMaps + "?limit=2&labelSelector=page");
        await CreateConfigMapAsync("bb", "\"page\":\"1\"");

        var (_, second) = await Client.GetAsync($"{ConfigMaps}?limit=2&labelSelector=page&continue={Text(first, "metadata", "continue")}");

        Names(first).ShouldBe(["a", "b"]);
        Names(second).ShouldBe(["c"]);
        Text(second, "metadata", "resourceVersion").ShouldBe(Text(first, "metadata", "resourceVersion"));
    }

    [Theory]
    [InlineData("k%3Dv", "a")]
    [InlineData("k!%3Dv,page", "b,c")]
    [InlineData("k+in+(v,w)", "a,b")]
    [InlineData("k+notin+(v,w),page", "c")]
    [InlineData("!k,page", "c")]
    public async Task List_LabelSelector_Selects(string selector, string expected)
    {
        await CreateConfigMapAsync("a", "\"page\":\"1\",\"k\":\"v\"");
        await CreateConfigMapAsync("b", "\"page\":\"1\",\"k\":\"w\"");
        await CreateConfigMapAsync("c", "\"page\":\"1\"");

        var (_, list) = await Client.GetAsync($"{ConfigMaps}?labelSelector={selector}");

        string.Join(",", Names(list)).ShouldBe(expected);
    }

    [Fact]
    public async Task List_FutureVersion_TimesOutWithItsCause()
    {
        var status = await RefusedAsync("GET", Services + "?resourceVersion=999999999", null, 504, "Timeout", null);

        Text(status["details"]!["causes"]![0]!.AsObject(), "reason").ShouldBe("ResourceVersionTooLarge");
    }

    [Theory]
    [InlineData("resourceVersionMatch=Exact", "resourceVersionMatch")]
    [InlineData("resourceVersion=0&resourceVersionMatch=Exact", "resourceVersionMatch")]
    [InlineData("resourceVersion=5&resourceVersionMatch=Foo", "resourceVersionMatch")]
    [InlineData("watch=1&resourceVersionMatch=NotOlderThan", "resourceVersionMatch")]
    [InlineData("watch=1&sendInitialEvents=true", "resourceVersionMatch")]
    [InlineData("resourceVersion=5&sendInitialEvents=true", "sendInitialEvents")]
    public async Task List_InvalidCombination_Answers422(string query, string field)
    {
        var status = await RefusedAsync("GET", $"{Services}?{query}", null, 422, "Invalid", null);

        status["details"]!["causes"]!.AsArray().Select(cause => (string)cause!["field"]!).ShouldContain(field);
    }

    [Fact]
    public async Task Watch_FromAListsVersion_DeliversWhatHappenedSince()
    {
        var made = await CreateConfigMapAsync("a");
        var (_, list) = await Client.GetAsync(ConfigMaps);
        await Client.SendAsync("DELETE", ConfigMaps + "/a");
        await CreateConfigMapAsync("b");

        await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&{Ours}&resourceVersion={Text(list, "metadata", "resourceVersion")}");
        var deleted = await watch.NextAsync();
        var added = await watch.NextAsync();

        deleted!.Type.ShouldBe("DELETED");
        deleted.Name.ShouldBe("a");
        long.Parse(deleted.ResourceVersion, null).ShouldBeGreaterThan(long.Parse(Text(made, "metadata", "resourceVersion"), null));
        added!.Type.ShouldBe("ADDED");
        added.Name.ShouldBe("b");
    }

    [Fact]
    public async Task Watch_SelectorEntryAndExit_AreAddedAndDeleted()
    {
        await CreateConfigMapAsync("a");
        var (_, list) = await Client.GetAsync(ConfigMaps);
        await using var watch = await Client.WatchAsync(
            $"{ConfigMaps}?watch=1&labelSelector=k%3Dv&resourceVersion={Text(list, "metadata", "resourceVersion")}");

        await Client.SendAsync("PATCH", ConfigMaps + "/a", """{"metadata":{"labels":{"k":"v"}}}""", "application/merge-patch+json");
        var (_, left) = await Client.SendAsync("PATCH", ConfigMaps + "/a", """{"metadata":{"labels":{"k":"w"}}}""", "application/merge-patch+json");

        (await watch.NextAsync())!.Type.ShouldBe("ADDED");
        var exit = await watch.NextAsync();
        exit!.Type.ShouldBe("DELETED");
        exit.ResourceVersion.ShouldBe(Text(left, "metadata", "resourceVersion"));
        ((string?)exit.Object["metadata"]!["labels"]!["k"]).ShouldBe("v");
    }

    [Fact]
    public async Task Watch_NoEvents_StillAnswersItsHeaders()
    {
        var (_, list) = await Client.GetAsync(ConfigMaps);

        await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&{Ours}&resourceVersion={Text(list, "metadata", "resourceVersion")}&timeoutSeconds=1");

        (await watch.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Status_Update_LeavesTheSpec()
    {
        await Client.SendAsync("POST", Services, """{"metadata":{"name":"a"},"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}""");

        var (code, updated) = await Client.SendAsync(
            "PATCH", Services + "/a/status", """{"spec":{"sessionAffinity":"ClientIP"},"status":{"loadBalancer":{"ingress":[{"ip":"10.1.1.1"}]}}}""", "application/merge-patch+json");

        code.ShouldBe(HttpStatusCode.OK);
        Text(updated, "spec", "sessionAffinity").ShouldBe("None");
        ((string?)updated["status"]!["loadBalancer"]!["ingress"]![0]!["ip"]).ShouldBe("10.1.1.1");
    }

    private protected async Task<JsonObject> CreateConfigMapAsync(string name, string labels = "")
    {
        var (code, made) = await Client.SendAsync("POST", ConfigMaps, $$$"""{"metadata":{"name":"{{{name}}}","labels":{ {{{labels}}} } } }""");
        code.ShouldBe(HttpStatusCode.Created);
        return made;
    }

    private protected async Task<JsonObject> RefusedAsync(string method, string path, string? body, int code, string reason, string? message)
    {
        var (answer, status) = await Client.SendAsync(method, path, body);
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

    private protected static IReadOnlyList<string> Names(JsonObject list) => [.. list["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!)];
}
