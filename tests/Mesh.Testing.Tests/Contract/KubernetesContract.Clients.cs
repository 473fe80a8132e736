using System.Net;

namespace Mesh.Contract;

/// <content>Clients in other languages.</content>
public abstract partial class KubernetesContract
{
    [BehaviourFact(44)]
    public async Task Kubectl_CreateGetPatchDelete()
    {
        using var kubectl = Kubectl.Find(Server, Namespace);

        (await kubectl.RunAsync("create", "-f", kubectl.Write(Manifest("1")))).ShouldBe("configmap/a created\n");
        (await kubectl.RunAsync("get", "configmap", "a", "-o", "jsonpath={.data.x}")).ShouldBe("1");
        (await kubectl.RunAsync("patch", "configmap", "a", "--type=merge", "-p", """{"data":{"x":"2"}}""")).ShouldBe("configmap/a patched\n");
        (await kubectl.RunAsync("get", "cm", "-o", "jsonpath={.items[?(@.metadata.name==\"a\")].data.x}")).ShouldBe("2");
        (await kubectl.RunAsync("get", "cm", "a")).ShouldMatch("(?s)^NAME +(DATA +)?AGE.*\na +");
        (await kubectl.RunAsync("delete", "configmap", "a")).ShouldStartWith("configmap \"a\" deleted");
        (await Client.GetAsync(ConfigMaps + "/a")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [BehaviourFact(44)]
    public async Task Kubectl_ApplyServerSide_CreatesOwnsAndNamesConflicts()
    {
        using var kubectl = Kubectl.Find(Server, Namespace);
        (await kubectl.RunAsync("apply", "--server-side", "-f", kubectl.Write(Manifest("1")))).ShouldBe("configmap/a serverside-applied\n");
        var refused = await kubectl.FailAsync("apply", "--server-side", "--field-manager=other", "-f", kubectl.Write(Manifest("2")));
        (await kubectl.RunAsync("apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", kubectl.Write(Manifest("2")))).ShouldBe("configmap/a serverside-applied\n");

        refused.ShouldContain("conflict with \"kubectl\": .data.x");
        var (_, applied) = await Client.GetAsync(ConfigMaps + "/a");
        Text(applied, "data", "x").ShouldBe("2");
        Owners(applied).ShouldContain("""other Apply {"f:data":{"f:x":{}}}""");
    }

    [BehaviourFact(44)]
    public async Task Kubectl_GetWatch_ShowsWhatHappens()
    {
        using var kubectl = Kubectl.Find(Server, Namespace);
        await CreateConfigMapAsync("a");
        await using var watch = kubectl.Start("get", "configmaps", "-w", "--output-watch-events", "-o", "jsonpath={.type} {.object.metadata.name}{\"\\n\"}", "--field-selector=metadata.name!=kube-root-ca.crt");
        (await watch.NextLineAsync()).ShouldBe("ADDED a");

        await CreateConfigMapAsync("b");
        await PatchAsync(ConfigMaps + "/b", """{"data":{"x":"1"}}""");
        await Client.SendAsync("DELETE", ConfigMaps + "/a");

        (await watch.NextLineAsync()).ShouldBe("ADDED b");
        (await watch.NextLineAsync()).ShouldBe("MODIFIED b");
        (await watch.NextLineAsync()).ShouldBe("DELETED a");
    }

    [BehaviourFact(45)]
    public async Task ClientNode_Informer_FollowsTheObjects()
    {
        await CreateConfigMapAsync("a");
        using var files = new ClientFiles(Server);
        await using var informer = ClientNode.StartInformer(files, Namespace);
        (await informer.NextLineAsync()).ShouldBe("add a");

        await CreateConfigMapAsync("b");
        (await informer.NextLineAsync()).ShouldBe("add b");
        await PatchAsync(ConfigMaps + "/b", """{"data":{"x":"1"}}""");
        (await informer.NextLineAsync()).ShouldBe("update b 1");
        await Client.SendAsync("DELETE", ConfigMaps + "/a");
        (await informer.NextLineAsync()).ShouldBe("delete a");
    }

    private static string Manifest(string x) => $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: "{{x}}"
        """;
}
