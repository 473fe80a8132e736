using System.Net;
using System.Text.Json.Nodes;

namespace Mesh.Contract;

/// <content>Create, read, update, delete.</content>
public abstract partial class KubernetesContract
{
    [BehaviourFact([1, 3])]
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

    [BehaviourFact(2)]
    public async Task Create_SameNameTwice_Answers409AlreadyExists()
    {
        await CreateConfigMapAsync("a");

        await RefusedAsync("POST", ConfigMaps, """{"metadata":{"name":"a"}}""", 409, "AlreadyExists", "configmaps \"a\" already exists");
    }

    [BehaviourTheory(18)]
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

    [BehaviourFact(4)]
    public async Task Get_Missing_Answers404WithDetails()
    {
        var status = await RefusedAsync("GET", Services + "/nope", null, 404, "NotFound", "services \"nope\" not found");

        Text(status, "details", "name").ShouldBe("nope");
        Text(status, "details", "kind").ShouldBe("services");
    }

    [BehaviourFact(5)]
    public async Task Update_StaleVersion_Answers409Conflict()
    {
        await CreateConfigMapAsync("a");

        await RefusedAsync(
            "PUT", ConfigMaps + "/a", """{"metadata":{"name":"a","resourceVersion":"1"},"data":{"x":"1"}}""", 409, "Conflict",
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again");
    }

    [BehaviourFact(10)]
    public async Task Delete_WithFinalizer_WaitsForItsRemoval()
    {
        await Client.SendAsync("POST", ConfigMaps, """{"metadata":{"name":"a","finalizers":["example.com/hold"]}}""");

        var (_, marked) = await Client.SendAsync("DELETE", ConfigMaps + "/a");
        Text(marked, "metadata", "deletionTimestamp").ShouldNotBeEmpty();
        await Client.SendAsync("PATCH", ConfigMaps + "/a", """{"metadata":{"finalizers":null}}""", "application/merge-patch+json");

        (await Client.GetAsync(ConfigMaps + "/a")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [BehaviourFact(12)]
    public async Task DeleteCollection_Selector_LeavesTheOthers()
    {
        await CreateConfigMapAsync("a", "\"k\":\"v\"");
        await CreateConfigMapAsync("b");

        await Client.SendAsync("DELETE", ConfigMaps + "?labelSelector=k%3Dv");

        (await Client.GetAsync(ConfigMaps + "/a")).Code.ShouldBe(HttpStatusCode.NotFound);
        (await Client.GetAsync(ConfigMaps + "/b")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [BehaviourFact(9)]
    public async Task Status_Update_LeavesTheSpec()
    {
        await Client.SendAsync("POST", Services, """{"metadata":{"name":"a"},"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}""");

        var (code, updated) = await Client.SendAsync(
            "PATCH", Services + "/a/status", """{"spec":{"sessionAffinity":"ClientIP"},"status":{"loadBalancer":{"ingress":[{"ip":"10.1.1.1"}]}}}""", "application/merge-patch+json");

        code.ShouldBe(HttpStatusCode.OK);
        Text(updated, "spec", "sessionAffinity").ShouldBe("None");
        ((string?)updated["status"]!["loadBalancer"]!["ingress"]![0]!["ip"]).ShouldBe("10.1.1.1");
    }

    [BehaviourFact(6)]
    public async Task Update_NothingChanged_KeepsTheVersionAndMakesNoEvent()
    {
        var made = await CreateConfigMapAsync("a");
        await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&fieldSelector=metadata.name%3Da&resourceVersion={Version(made)}");

        var (_, updated) = await Client.SendAsync("PUT", ConfigMaps + "/a", """{"metadata":{"name":"a"}}""");
        var changed = await PatchAsync(ConfigMaps + "/a", """{"data":{"x":"1"}}""");

        Version(updated).ShouldBe(Version(made));
        (await watch.NextAsync())!.ResourceVersion.ShouldBe(Version(changed));
    }

    [BehaviourFact(7)]
    public async Task Writes_OneAfterAnother_GetLargerVersions()
    {
        var versions = new List<long> { Number(Version(await CreateConfigMapAsync("a"))), Number(Version(await CreateConfigMapAsync("b"))) };
        versions.Add(Number(Version(await PatchAsync(ConfigMaps + "/a", """{"data":{"x":"1"}}"""))));
        var (_, service) = await Client.SendAsync("POST", Services, """{"metadata":{"name":"a"},"spec":{"ports":[{"port":80}]}}""");
        versions.Add(Number(Version(service)));
        versions.Add(Number(await ListVersionAsync(ConfigMaps)));

        versions.ShouldBeInOrder(SortDirection.Ascending);
        versions[..4].Distinct().Count().ShouldBe(4);
    }

    [BehaviourFact(8)]
    public async Task Generation_OfASlice_MovesWithContentAndLabels_NotWithAnnotations()
    {
        await Client.SendAsync("POST", Slices, """{"metadata":{"name":"a"},"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}]}""");

        var annotated = await PatchAsync(Slices + "/a", """{"metadata":{"annotations":{"k":"v"}}}""");
        var labelled = await PatchAsync(Slices + "/a", """{"metadata":{"labels":{"k":"v"}}}""");
        var changed = await PatchAsync(Slices + "/a", """{"endpoints":[{"addresses":["10.0.0.2"]}]}""");

        ((long)annotated["metadata"]!["generation"]!).ShouldBe(1);
        ((long)labelled["metadata"]!["generation"]!).ShouldBe(2);
        ((long)changed["metadata"]!["generation"]!).ShouldBe(3);
    }

    [BehaviourFact(9)]
    public async Task Update_OfTheObject_LeavesTheStatus()
    {
        await Client.SendAsync("POST", Services, """{"metadata":{"name":"a"},"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}""");
        await PatchAsync(Services + "/a/status", """{"status":{"loadBalancer":{"ingress":[{"ip":"10.1.1.1"}]}}}""");

        var patched = await PatchAsync(Services + "/a", """{"metadata":{"labels":{"k":"v"}},"status":{"loadBalancer":{"ingress":null}}}""");

        ((string?)patched["metadata"]!["labels"]!["k"]).ShouldBe("v");
        ((string?)patched["status"]!["loadBalancer"]!["ingress"]![0]!["ip"]).ShouldBe("10.1.1.1");
    }

    [BehaviourTheory(11)]
    [InlineData("uid", "x", "the UID in the precondition (x) does not match the UID in record")]
    [InlineData("resourceVersion", "1", "the ResourceVersion in the precondition (1) does not match the ResourceVersion in record")]
    public async Task Delete_PreconditionFails_Answers409AndKeepsTheObject(string field, string value, string why)
    {
        await CreateConfigMapAsync("a");

        var (code, status) = await Client.SendAsync(
            "DELETE", ConfigMaps + "/a", $$$"""{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"{{{field}}}":"{{{value}}}"}}""");

        code.ShouldBe(HttpStatusCode.Conflict);
        Text(status, "message").ShouldContain(why);
        (await Client.GetAsync(ConfigMaps + "/a")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [BehaviourFact(11)]
    public async Task Delete_PreconditionsHold_Deletes()
    {
        var made = await CreateConfigMapAsync("a");

        var (code, status) = await Client.SendAsync(
            "DELETE", ConfigMaps + "/a",
            $$$"""{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"{{{Text(made, "metadata", "uid")}}}","resourceVersion":"{{{Version(made)}}}"}}""");

        code.ShouldBe(HttpStatusCode.OK);
        Text(status, "status").ShouldBe("Success");
        (await Client.GetAsync(ConfigMaps + "/a")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [BehaviourTheory(18)]
    [InlineData("""{"metadata":{"name":"Upper"},"spec":{"ports":[{"port":80}]}}""", "metadata.name")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"ports":[{"port":0}]}}""", "spec.ports[0].port")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"ports":[{"port":80,"name":"Not_A_Label"}]}}""", "spec.ports[0].name")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"ports":[{"port":80},{"port":81}]}}""", "spec.ports[0].name")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{}}""", "spec.ports")]
    [InlineData("""{"metadata":{"name":"a","labels":{"k":"not a value"}},"spec":{"ports":[{"port":80}]}}""", "metadata.labels")]
    public async Task Create_BadService_Answers422WithTheField(string body, string field)
    {
        var status = await RefusedAsync("POST", Services, body, 422, "Invalid", null);

        Text(status, "details", "kind").ShouldBe("Service");
        status["details"]!["causes"]!.AsArray().Select(cause => (string)cause!["field"]!).ShouldContain(field);
    }
}
