using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Mesh.RealServers;

namespace Mesh.Contract;

/// <content>Custom resources.</content>
public abstract partial class KubernetesContract
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private const string WidgetDefinition = """
        {"metadata":{"name":"widgets.GROUP"},"spec":{"group":"GROUP","scope":"SCOPE","names":{"plural":"widgets","kind":"Widget"},
         "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},"schema":{"openAPIV3Schema":{"type":"object","properties":{
           "spec":{"type":"object","required":["size"],"properties":{
             "size":{"type":"integer","minimum":1},"color":{"type":"string","default":"red","enum":["red","blue"]},"code":{"type":"string","pattern":"^[a-z]*$"},
             "nested":{"type":"object","default":{},"properties":{"deep":{"type":"boolean","default":true}}},
             "extra":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
             "tags":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["key"],
                     "items":{"type":"object","required":["key"],"properties":{"key":{"type":"string"},"value":{"type":"string"}}}}}},
           "status":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}}}]}}
        """;

    private static readonly ConditionalWeakTable<IKubernetesServer, string> SharedGroups = [];

    /// <summary>The group of the Widgets that this test uses.</summary>
    private string Group { get; set; } = "";

    private string Widgets => $"/apis/{Group}/v1/namespaces/{Namespace}/widgets";

    [BehaviourFact(17)]
    public async Task Definition_Created_IsEstablishedAndServed()
    {
        var made = await DefineWidgetsAsync();

        made["status"]!["conditions"].ShouldBeNull();
        Text(made, "spec", "names", "listKind").ShouldBe("WidgetList");
        var (_, established) = await Client.GetAsync($"{Definitions}/widgets.{Group}");
        Condition(established, "NamesAccepted").ShouldBe("True NoConflicts");
        Condition(established, "Established").ShouldBe("True InitialNamesAccepted");
        established["status"]!["storedVersions"]!.ToJsonString().ShouldBe("""["v1"]""");
        var (_, served) = await Client.GetAsync($"/apis/{Group}/v1");
        served["resources"]!.AsArray().Select(resource => (string)resource!["name"]!).ShouldBe(["widgets", "widgets/status"]);
        Text(served["resources"]![0]!.AsObject(), "singularName").ShouldBe("widget");
    }

    [BehaviourFact(17)]
    public async Task CustomObject_Created_IsDefaultedAndPruned()
    {
        await UseWidgetsAsync();

        var made = await CreateWidgetAsync("a", """{"size":1,"unknown":1,"extra":{"kept":1}}""", ""","top":1,"status":{"x":1}""");

        made["spec"]!["size"]!.ToJsonString().ShouldBe("1");
        made["spec"]!["color"]!.ToJsonString().ShouldBe("\"red\"");
        made["spec"]!["nested"]!.ToJsonString().ShouldBe("""{"deep":true}""");
        made["spec"]!["extra"]!.ToJsonString().ShouldBe("""{"kept":1}""");
        made["spec"]!.AsObject().ContainsKey("unknown").ShouldBeFalse();
        made.ContainsKey("top").ShouldBeFalse();
        made.ContainsKey("status").ShouldBeFalse();
    }

    [BehaviourTheory(17)]
    [InlineData("""{}""", "spec.size", "FieldValueRequired", "Required value")]
    [InlineData("""{"size":"x"}""", "spec.size", "FieldValueTypeInvalid", "Invalid value: \"string\": spec.size in body must be of type integer: \"string\"")]
    [InlineData("""{"size":0}""", "spec.size", "FieldValueInvalid", "Invalid value: 0: spec.size in body should be greater than or equal to 1")]
    [InlineData("""{"size":1,"color":"green"}""", "spec.color", "FieldValueNotSupported", "Unsupported value: \"green\": supported values: \"red\", \"blue\"")]
    [InlineData("""{"size":1,"tags":[{"value":"v"}]}""", "spec.tags[0].key", "FieldValueRequired", "Required value")]
    [InlineData("""{"size":1,"code":"A"}""", "spec.code", "FieldValueInvalid", "Invalid value: \"A\": spec.code in body should match '^[a-z]*$'")]
    public async Task CustomObject_AgainstItsSchema_Answers422WithTheField(string spec, string field, string reason, string message)
    {
        await UseWidgetsAsync();

        var status = await RefusedAsync("POST", Widgets, Widget("a", spec), 422, "Invalid", null);

        var cause = status["details"]!["causes"]![0]!.AsObject();
        (Text(cause, "field"), Text(cause, "reason"), Text(cause, "message")).ShouldBe((field, reason, message));
    }

    [BehaviourFact([8, 17])]
    public async Task CustomObject_Generation_MovesWithTheSpecOnly()
    {
        await UseWidgetsAsync();
        await CreateWidgetAsync("a", """{"size":1}""");

        var labelled = await PatchAsync(Widgets + "/a", """{"metadata":{"labels":{"k":"v"}}}""");
        var reported = await PatchAsync(Widgets + "/a/status", """{"status":{"ready":true}}""");
        var changed = await PatchAsync(Widgets + "/a", """{"spec":{"size":2}}""");

        ((long)labelled["metadata"]!["generation"]!).ShouldBe(1);
        ((long)reported["metadata"]!["generation"]!).ShouldBe(1);
        ((long)changed["metadata"]!["generation"]!).ShouldBe(2);
    }

    [BehaviourFact([9, 17])]
    public async Task CustomObject_StatusAndSpec_AreIsolatedBothWays()
    {
        await UseWidgetsAsync();
        await CreateWidgetAsync("a", """{"size":1}""");

        var reported = await PatchAsync(Widgets + "/a/status", """{"metadata":{"labels":{"k":"v"}},"spec":{"size":5},"status":{"ready":true}}""");
        var changed = await PatchAsync(Widgets + "/a", """{"spec":{"size":2},"status":{"ready":false}}""");

        reported["spec"]!["size"]!.ToJsonString().ShouldBe("1");
        reported["metadata"]!["labels"].ShouldBeNull();
        changed["spec"]!["size"]!.ToJsonString().ShouldBe("2");
        changed["status"]!.ToJsonString().ShouldBe("""{"ready":true}""");
    }

    [BehaviourFact([15, 17])]
    public async Task CustomObject_Applied_MergesListsByTheirKeys()
    {
        await UseWidgetsAsync();
        await CreateWidgetAsync("a", """{"size":1}""");

        await ApplyAsync("one", """{"spec":{"tags":[{"key":"k1","value":"v"}]}}""", Widgets, "Widget", Group + "/v1");
        var (code, applied) = await ApplyAsync("two", """{"spec":{"tags":[{"key":"k2","value":"v"}]}}""", Widgets, "Widget", Group + "/v1");
        var (refused, status) = await ApplyAsync("two", """{"spec":{"unknown":1}}""", Widgets, "Widget", Group + "/v1");

        code.ShouldBe(HttpStatusCode.OK);
        applied["spec"]!["tags"]!.AsArray().Select(tag => (string)tag!["key"]!).ShouldBe(["k1", "k2"]);
        Owners(applied).ShouldContain("""two Apply {"f:spec":{"f:tags":{"k:{\"key\":\"k2\"}":{".":{},"f:key":{},"f:value":{}}}}}""");
        ((int)refused).ShouldBe(500);
        Text(status, "message").ShouldBe($"failed to create typed patch object (/a; {Group}/v1, Kind=Widget): .spec.unknown: field not declared in schema");
    }

    [BehaviourFact(17)]
    public async Task CustomObject_UpdateWithoutVersion_IsRefused()
    {
        await UseWidgetsAsync();
        await CreateWidgetAsync("a", """{"size":1}""");

        var status = await RefusedAsync("PUT", Widgets + "/a", Widget("a", """{"size":2}"""), 422, "Invalid", null);

        ((string?)status["details"]!["causes"]![0]!["field"]).ShouldBe("metadata.resourceVersion");
    }

    [BehaviourFact(17)]
    public async Task Definition_Deleted_RemovesItsInstancesAndIsServedNoMore()
    {
        await DefineWidgetsAsync();
        var made = await CreateWidgetAsync("a", """{"size":1}""");
        await using var watch = await Client.WatchAsync($"{Widgets}?watch=1&resourceVersion={Version(made)}");

        var (code, marked) = await Client.SendAsync("DELETE", $"{Definitions}/widgets.{Group}");

        code.ShouldBe(HttpStatusCode.OK);
        marked["metadata"]!["finalizers"]!.ToJsonString().ShouldBe("""["customresourcecleanup.apiextensions.k8s.io"]""");
        Condition(marked, "Terminating").ShouldBe("True InstanceDeletionPending");
        (await watch.NextAsync())!.Type.ShouldBe("DELETED");
        await ServerClient.UntilAsync(async () => (await Client.GetAsync($"{Definitions}/widgets.{Group}")).Code, static answer => answer == HttpStatusCode.NotFound);
        await ServerClient.UntilAsync(() => CodeAsync(Widgets), static answer => answer == HttpStatusCode.NotFound);
        await ServerClient.UntilAsync(() => CodeAsync($"/apis/{Group}/v1"), static answer => answer == HttpStatusCode.NotFound);
    }

    [BehaviourFact(17)]
    public async Task Definition_Bad_Answers422WithTheFields()
    {
        var status = await RefusedAsync(
            "POST", Definitions,
            """{"metadata":{"name":"x.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"widgets","kind":"Widget"},"versions":[{"name":"v1","served":true,"storage":true}]}}""",
            422, "Invalid", null);

        status["details"]!["causes"]!.AsArray().Select(cause => (string)cause!["field"]!).ShouldBe(["metadata.name", "spec.versions[0].schema.openAPIV3Schema"]);
    }

    [BehaviourFact(17)]
    public async Task Definition_Clusterwide_ServesWithoutNamespaces()
    {
        await DefineWidgetsAsync("Cluster");
        var collection = $"/apis/{Group}/v1/widgets";

        var (code, made) = await Client.SendAsync("POST", collection, Widget("a", """{"size":1}"""));

        code.ShouldBe(HttpStatusCode.Created);
        made["metadata"]!["namespace"].ShouldBeNull();
        Names((await Client.GetAsync(collection)).Body).ShouldBe(["a"]);
        await Client.SendAsync("DELETE", $"{Definitions}/widgets.{Group}");
    }

    /// <summary>Widgets for a test that leaves their definition as it is: defined once for each server, which takes a real one seconds.</summary>
    private async Task UseWidgetsAsync()
    {
        if (SharedGroups.TryGetValue(Server, out var group)) Group = group;
        else
        {
            await DefineWidgetsAsync();
            SharedGroups.Add(Server, Group);
        }
    }

    /// <summary>
    /// Defines Widgets in a group of this test's own, definitions having no namespace, and waits until they are served; what is returned is the answer
    /// to the create.
    /// </summary>
    private async Task<JsonObject> DefineWidgetsAsync(string scope = "Namespaced")
    {
        Group = Namespace + ".example.com";
        var (code, made) = await Client.SendAsync(
            "POST", Definitions, WidgetDefinition.Replace("GROUP", Group, StringComparison.Ordinal).Replace("SCOPE", scope, StringComparison.Ordinal));
        code.ShouldBe(HttpStatusCode.Created);
        await ServerClient.UntilAsync(
            async () => Condition((await Client.GetAsync($"{Definitions}/widgets.{Group}")).Body, "Established"), static established => established.StartsWith("True", StringComparison.Ordinal));

        // For a moment after that the storage is still being made: 404, or 429.
        await ServerClient.UntilAsync(() => CodeAsync(scope == "Cluster" ? $"/apis/{Group}/v1/widgets" : Widgets), static answer => answer == HttpStatusCode.OK);
        return made;
    }

    private async Task<JsonObject> CreateWidgetAsync(string name, string spec, string more = "")
    {
        var (code, made) = await Client.SendAsync("POST", Widgets, Widget(name, spec, more));
        code.ShouldBe(HttpStatusCode.Created);
        return made;
    }

    private string Widget(string name, string spec, string more = "") =>
        $$$"""{"apiVersion":"{{{Group}}}/v1","kind":"Widget","metadata":{"name":"{{{name}}}"},"spec":{{{spec}}}{{{more}}}}""";

    /// <summary>Status and reason of a condition.</summary>
    private static string Condition(JsonObject tree, string type) =>
        tree["status"]?["conditions"]?.AsArray().Where(one => (string?)one!["type"] == type).Select(one => $"{one!["status"]} {one["reason"]}").SingleOrDefault() ?? "";

    private async Task<HttpStatusCode> CodeAsync(string path)
    {
        using var response = await Client.OpenAsync("GET", path);
        return response.StatusCode;
    }
}
