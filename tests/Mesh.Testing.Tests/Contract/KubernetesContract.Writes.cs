using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mesh.Contract;

/// <content>Patches, server-side apply, dry runs.</content>
public abstract partial class KubernetesContract
{
    [BehaviourFact(13)]
    public async Task Patch_Merge_RemovesNulls()
    {
        await CreateConfigMapAsync("a");
        await Client.SendAsync("PATCH", ConfigMaps + "/a", """{"data":{"x":"1","y":"2"}}""", "application/merge-patch+json");

        var (_, patched) = await Client.SendAsync("PATCH", ConfigMaps + "/a", """{"data":{"x":null}}""", "application/merge-patch+json");

        patched["data"]!.ToJsonString().ShouldBe("""{"y":"2"}""");
    }

    [BehaviourFact(14)]
    public async Task Patch_Json_DoesItsOperations()
    {
        await CreateConfigMapAsync("a", "\"k\":\"v\"");

        var (code, patched) = await Client.SendAsync(
            "PATCH", ConfigMaps + "/a",
            """[{"op":"test","path":"/metadata/labels/k","value":"v"},{"op":"add","path":"/data","value":{"x":"1"}},{"op":"remove","path":"/metadata/labels/k"}]""",
            "application/json-patch+json");

        code.ShouldBe(HttpStatusCode.OK);
        patched["data"]!.ToJsonString().ShouldBe("""{"x":"1"}""");
        patched["metadata"]!["labels"].ShouldBeNull();
    }

    [BehaviourFact(14)]
    public async Task Patch_JsonTestFails_Answers422AndChangesNothing()
    {
        var made = await CreateConfigMapAsync("a");

        await RefusedAsync(
            "PATCH", ConfigMaps + "/a", """[{"op":"add","path":"/data","value":{"x":"1"}},{"op":"test","path":"/metadata/name","value":"b"}]""",
            422, "Invalid", null, "application/json-patch+json");

        Version((await Client.GetAsync(ConfigMaps + "/a")).Body).ShouldBe(Version(made));
    }

    [BehaviourFact(15)]
    public async Task Apply_Missing_CreatesAndOwns()
    {
        var (code, made) = await ApplyAsync("one", """{"metadata":{"labels":{"l":"1"}},"data":{"x":"1","y":"2"}}""");

        code.ShouldBe(HttpStatusCode.Created);
        Owners(made).ShouldBe(["""one Apply {"f:data":{"f:x":{},"f:y":{}},"f:metadata":{"f:labels":{"f:l":{}}}}"""]);
    }

    [BehaviourFact(15)]
    public async Task Apply_SameAgain_KeepsTheVersion()
    {
        var (_, made) = await ApplyAsync("one", """{"data":{"x":"1"}}""");

        var (code, again) = await ApplyAsync("one", """{"data":{"x":"1"}}""");

        code.ShouldBe(HttpStatusCode.OK);
        Version(again).ShouldBe(Version(made));
    }

    [BehaviourFact(15)]
    public async Task Apply_FieldOfAnother_Answers409WithTheManager()
    {
        await ApplyAsync("one", """{"data":{"x":"1"}}""");

        var (code, status) = await ApplyAsync("two", """{"data":{"x":"2"}}""");

        code.ShouldBe(HttpStatusCode.Conflict);
        Text(status, "reason").ShouldBe("Conflict");
        Text(status, "message").ShouldBe("Apply failed with 1 conflict: conflict with \"one\": .data.x");
        status["details"]!["causes"]!.ToJsonString(Readable).ShouldBe("""[{"reason":"FieldManagerConflict","message":"conflict with \"one\"","field":".data.x"}]""");
    }

    [BehaviourFact(15)]
    public async Task Apply_FieldsOfAnUpdate_Answers409WithManagerAndVersion()
    {
        await Client.SendAsync("POST", ConfigMaps + "?fieldManager=maker", """{"metadata":{"name":"a","labels":{"k":"v"}},"data":{"x":"1"}}""");

        var (code, status) = await ApplyAsync("two", """{"metadata":{"labels":{"k":"w"}},"data":{"x":"2"}}""");

        code.ShouldBe(HttpStatusCode.Conflict);
        Text(status, "message").ShouldBe("Apply failed with 2 conflicts: conflicts with \"maker\" using v1:\n- .data.x\n- .metadata.labels.k");
    }

    [BehaviourFact(15)]
    public async Task Apply_SameValueAsAnother_SharesTheField()
    {
        await ApplyAsync("one", """{"data":{"x":"1"}}""");

        var (code, shared) = await ApplyAsync("two", """{"data":{"x":"1"}}""");
        var (_, left) = await ApplyAsync("two", "{}");

        code.ShouldBe(HttpStatusCode.OK);
        // Whoever changed nothing has no time, and stands first.
        Owners(shared).ShouldBe(["""two Apply {"f:data":{"f:x":{}}}""", """one Apply {"f:data":{"f:x":{}}}"""]);
        shared["metadata"]!["managedFields"]![0]!["time"].ShouldBeNull();
        Text(left, "data", "x").ShouldBe("1");
        Owners(left).ShouldBe(["""one Apply {"f:data":{"f:x":{}}}"""]);
    }

    [BehaviourFact(15)]
    public async Task Apply_Forced_TakesTheFieldOver()
    {
        await ApplyAsync("one", """{"data":{"x":"1","y":"2"}}""");

        var (code, taken) = await ApplyAsync("two", """{"data":{"x":"2"}}""", force: true);

        code.ShouldBe(HttpStatusCode.OK);
        Text(taken, "data", "x").ShouldBe("2");
        Owners(taken).ShouldBe(["""one Apply {"f:data":{"f:y":{}}}""", """two Apply {"f:data":{"f:x":{}}}"""]);
    }

    [BehaviourFact(15)]
    public async Task Apply_FieldLeftOut_IsDroppedUnlessAnotherOwnsIt()
    {
        await ApplyAsync("one", """{"metadata":{"labels":{"l":"1"}},"data":{"x":"1","y":"2"}}""");
        await PatchAsync(ConfigMaps + "/a?fieldManager=editor", """{"data":{"x":"3","z":"4"}}""");

        var (code, dropped) = await ApplyAsync("one", """{"metadata":{"labels":{"l":"1"}}}""");

        code.ShouldBe(HttpStatusCode.OK);
        dropped["data"]!.ToJsonString().ShouldBe("""{"x":"3","z":"4"}""");
        Owners(dropped).ShouldBe(["""one Apply {"f:metadata":{"f:labels":{"f:l":{}}}}""", """editor Update {"f:data":{"f:x":{},"f:z":{}}}"""]);
    }

    [BehaviourFact(15)]
    public async Task Apply_ListWithKeys_MergesItemsByKey()
    {
        await Client.SendAsync("POST", Services + "?fieldManager=maker", """{"metadata":{"name":"a"},"spec":{"ports":[{"name":"h","port":80}]}}""");

        var (code, applied) = await ApplyAsync("two", """{"spec":{"ports":[{"name":"i","port":81}]}}""", Services, "Service");
        var (_, left) = await ApplyAsync("two", "{}", Services, "Service");

        code.ShouldBe(HttpStatusCode.OK);
        applied["spec"]!["ports"]!.AsArray().Select(port => (int)port!["port"]!).ShouldBe([80, 81]);
        Owners(applied).ShouldContain("""two Apply {"f:spec":{"f:ports":{"k:{\"port\":81,\"protocol\":\"TCP\"}":{".":{},"f:name":{},"f:port":{}}}}}""");
        Owners(applied).ShouldContain(
            """maker Update {"f:spec":{"f:internalTrafficPolicy":{},"f:ports":{".":{},"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:name":{},"f:port":{},"f:protocol":{},"f:targetPort":{}}},"f:sessionAffinity":{},"f:type":{}}}""");
        left["spec"]!["ports"]!.AsArray().Select(port => (int)port!["port"]!).ShouldBe([80]);
    }

    [BehaviourFact(15)]
    public async Task Apply_Yaml_IsReadAsItsJson()
    {
        const string Manifest = """
            apiVersion: v1
            kind: Service
            metadata: {name: a, labels: {quoted: "80"}}
            spec:
              # A comment.
              publishNotReadyAddresses: true
              ports:
              - port: 80
                targetPort: http
            """;

        var (code, made) = await Client.SendAsync("PATCH", Services + "/a?fieldManager=one", Manifest, ApplyPatchType);

        code.ShouldBe(HttpStatusCode.Created);
        made["metadata"]!["labels"]!.ToJsonString().ShouldBe("""{"quoted":"80"}""");
        made["spec"]!["publishNotReadyAddresses"]!.ToJsonString().ShouldBe("true");
        made["spec"]!["ports"]![0]!["port"]!.ToJsonString().ShouldBe("80");
        Text(made["spec"]!["ports"]![0]!.AsObject(), "targetPort").ShouldBe("http");
    }

    [BehaviourFact(15)]
    public async Task Apply_AtomicList_IsOwnedWhole()
    {
        await ApplyAsync("one", """{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}]}""", Slices, "EndpointSlice", "discovery.k8s.io/v1");

        var (code, status) = await ApplyAsync(
            "two", """{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.2"]}]}""", Slices, "EndpointSlice", "discovery.k8s.io/v1");

        code.ShouldBe(HttpStatusCode.Conflict);
        Text(status, "message").ShouldBe("Apply failed with 1 conflict: conflict with \"one\": .endpoints");
    }

    [BehaviourFact(15)]
    public async Task Apply_Status_IsOwnedApart()
    {
        await Client.SendAsync("POST", Services + "?fieldManager=maker", """{"metadata":{"name":"a"},"spec":{"ports":[{"port":80}]}}""");

        var (code, applied) = await ApplyAsync(
            "two", """{"spec":{"type":"NodePort"},"status":{"conditions":[{"type":"A","status":"True","reason":"r","message":"","lastTransitionTime":"2024-01-01T00:00:00Z"}]}}""",
            Services, "Service", subresource: "/status");

        code.ShouldBe(HttpStatusCode.OK);
        Text(applied, "spec", "type").ShouldBe("ClusterIP");
        Owners(applied)[0].ShouldBe(
            """two Apply status {"f:status":{"f:conditions":{"k:{\"type\":\"A\"}":{".":{},"f:lastTransitionTime":{},"f:message":{},"f:reason":{},"f:status":{},"f:type":{}}}}}""");
    }

    [BehaviourTheory(15)]
    [InlineData("", """{"apiVersion":"v1","kind":"ConfigMap"}""", 422, "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")]
    [InlineData("fieldManager=one", """{"data":{"x":"1"}}""", 400, "invalid object type: /, Kind=")]
    [InlineData("fieldManager=one", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"managedFields":[{"manager":"one"}]}}""", 400, "metadata.managedFields must be nil")]
    public async Task Apply_BadRequest_SaysWhatIsWrong(string query, string body, int code, string message)
    {
        await CreateConfigMapAsync("a");

        var (answer, status) = await Client.SendAsync("PATCH", $"{ConfigMaps}/a?{query}", body, ApplyPatchType);

        ((int)answer).ShouldBe(code);
        Text(status, "message").ShouldBe(message);
    }

    [BehaviourFact(15)]
    public async Task Apply_StaleVersion_Answers409Conflict()
    {
        await CreateConfigMapAsync("a");

        var (code, status) = await ApplyAsync("one", """{"metadata":{"resourceVersion":"1"},"data":{"x":"1"}}""", force: true);

        code.ShouldBe(HttpStatusCode.Conflict);
        Text(status, "message").ShouldContain("the object has been modified");
    }

    [BehaviourFact(16)]
    public async Task DryRun_Create_AnswersTheObjectAndStoresNothing()
    {
        var (code, shown) = await Client.SendAsync("POST", ConfigMaps + "?dryRun=All", """{"metadata":{"generateName":"a-"},"data":{"x":"1"}}""");

        code.ShouldBe(HttpStatusCode.Created);
        Text(shown, "metadata", "uid").ShouldNotBeEmpty();
        shown["metadata"]!["resourceVersion"].ShouldBeNull();
        Text(shown, "data", "x").ShouldBe("1");
        (await Client.GetAsync($"{ConfigMaps}/{Text(shown, "metadata", "name")}")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [BehaviourFact(16)]
    public async Task DryRun_Changes_AnswerTheResultAndStoreNothing()
    {
        var made = await CreateConfigMapAsync("a");

        var (_, put) = await Client.SendAsync("PUT", ConfigMaps + "/a?dryRun=All", """{"metadata":{"name":"a"},"data":{"x":"1"}}""");
        var patched = await PatchAsync(ConfigMaps + "/a?dryRun=All", """{"data":{"y":"1"}}""");
        var (_, applied) = await ApplyAsync("one", """{"data":{"z":"1"}}""", query: "&dryRun=All");
        var (deleted, _) = await Client.SendAsync("DELETE", ConfigMaps + "/a?dryRun=All");

        put["data"]!.ToJsonString().ShouldBe("""{"x":"1"}""");
        patched["data"]!.ToJsonString().ShouldBe("""{"y":"1"}""");
        applied["data"]!.ToJsonString().ShouldBe("""{"z":"1"}""");
        new[] { Version(put), Version(patched), Version(applied) }.ShouldAllBe(version => version == Version(made));
        deleted.ShouldBe(HttpStatusCode.OK);
        var (_, left) = await Client.GetAsync(ConfigMaps + "/a");
        Version(left).ShouldBe(Version(made));
        left["data"].ShouldBeNull();
    }

    [BehaviourFact(16)]
    public async Task DryRun_Refused_IsRefusedAsWell()
    {
        await CreateConfigMapAsync("a");

        await RefusedAsync("POST", ConfigMaps + "?dryRun=All", """{"metadata":{"name":"a"}}""", 409, "AlreadyExists", null);
        await RefusedAsync("POST", Services + "?dryRun=All", """{"metadata":{"name":"a"},"spec":{}}""", 422, "Invalid", null);
        var status = await RefusedAsync("POST", ConfigMaps + "?dryRun=Some", """{"metadata":{"name":"b"}}""", 422, "Invalid", null);
        ((string?)status["details"]!["causes"]![0]!["field"]).ShouldBe("dryRun");
    }

    private const string ApplyPatchType = "application/apply-patch+yaml";
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Applies to the object <c>a</c>.</summary>
    private Task<(HttpStatusCode Code, JsonObject Body)> ApplyAsync(
        string manager, string fields, string? collection = null, string kind = "ConfigMap", string apiVersion = "v1", bool force = false, string subresource = "",
        string query = "")
    {
        var body = JsonNode.Parse(fields)!.AsObject();
        body["apiVersion"] = apiVersion;
        body["kind"] = kind;
        if (body["metadata"] is null) body["metadata"] = new JsonObject();
        body["metadata"]!["name"] = "a";
        return Client.SendAsync(
            "PATCH", $"{collection ?? ConfigMaps}/a{subresource}?fieldManager={manager}{(force ? "&force=true" : "")}{query}", body.ToJsonString(), ApplyPatchType);
    }

    /// <summary>Who owns what, one line for each entry: manager, operation, subresource, fields.</summary>
    private static IReadOnlyList<string> Owners(JsonObject tree) =>
    [
        .. tree["metadata"]!["managedFields"]!.AsArray().Select(entry => string.Join(' ', new[]
        {
            (string?)entry!["manager"], (string?)entry["operation"], (string?)entry["subresource"], entry["fieldsV1"]!.ToJsonString(Readable),
        }.OfType<string>())),
    ];
}
