using System.Net;

namespace Mesh.Contract;

/// <content>Watches.</content>
public abstract partial class KubernetesContract
{
    [BehaviourFact([27, 28])]
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

    [BehaviourFact(29)]
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

    [BehaviourFact(26)]
    public async Task Watch_FromAnEventsVersion_GoesOnWithTheNextOne()
    {
        var version = await ListVersionAsync(ConfigMaps);
        foreach (var name in (string[])["a", "b", "c"]) await CreateConfigMapAsync(name);
        await PatchAsync(ConfigMaps + "/a", """{"data":{"x":"1"}}""");
        var seen = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&{Ours}&resourceVersion={version}");
            var next = await watch.NextAsync();
            seen.Add($"{next!.Type} {next.Name}");
            version = next.ResourceVersion;
        }

        seen.ShouldBe(["ADDED a", "ADDED b", "ADDED c", "MODIFIED a"]);
    }

    [BehaviourFact(10)]
    public async Task Watch_DeletionWithFinalizer_IsModifiedThenDeleted()
    {
        var (_, made) = await Client.SendAsync("POST", ConfigMaps, """{"metadata":{"name":"a","finalizers":["example.com/hold"]}}""");
        await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&{Ours}&resourceVersion={Version(made)}");

        await Client.SendAsync("DELETE", ConfigMaps + "/a");
        await PatchAsync(ConfigMaps + "/a", """{"metadata":{"finalizers":null}}""");

        (await watch.NextAsync())!.Type.ShouldBe("MODIFIED");
        (await watch.NextAsync())!.Type.ShouldBe("DELETED");
    }

    [BehaviourFact(28)]
    public async Task Watch_Deletion_CarriesAVersionToResumeFrom()
    {
        var made = await CreateConfigMapAsync("a");
        await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&{Ours}&resourceVersion={Version(made)}");
        await Client.SendAsync("DELETE", ConfigMaps + "/a");
        var deleted = await watch.NextAsync();
        await CreateConfigMapAsync("b");

        await using var resumed = await Client.WatchAsync($"{ConfigMaps}?watch=1&{Ours}&resourceVersion={deleted!.ResourceVersion}");

        Number(deleted.ResourceVersion).ShouldBeGreaterThan(Number(Version(made)));
        (await resumed.NextAsync())!.Name.ShouldBe("b");
    }

    [BehaviourFact(30)]
    public async Task Watch_Bookmarks_ComeToWhoAskedAndToNobodyElse()
    {
        var path = $"{ConfigMaps}?watch=1&{Ours}&resourceVersion={await ListVersionAsync(ConfigMaps)}&timeoutSeconds=5";
        await CreateConfigMapAsync("a");

        await using var asked = await Client.WatchAsync(path + "&allowWatchBookmarks=true");
        await using var silent = await Client.WatchAsync(path);
        (await asked.NextAsync())!.Name.ShouldBe("a");
        (await silent.NextAsync())!.Name.ShouldBe("a");
        var made = await CreateConfigMapAsync("b");
        (await asked.NextAsync())!.Name.ShouldBe("b");
        (await silent.NextAsync())!.Name.ShouldBe("b");

        // One comes two seconds before the time is up, where there was anything since the watch began.
        var bookmark = await asked.NextAsync();
        bookmark!.Type.ShouldBe("BOOKMARK");
        Text(bookmark.Object, "kind").ShouldBe("ConfigMap");
        Number(bookmark.ResourceVersion).ShouldBeGreaterThanOrEqualTo(Number(Version(made)));
        (await silent.NextAsync()).ShouldBeNull();
    }

    [BehaviourFact(31)]
    public async Task Watch_InitialEvents_EndWithTheirBookmarkAndGoOn()
    {
        await CreateConfigMapAsync("a", "\"k\":\"v\"");

        await using var watch = await Client.WatchAsync(InitialEvents + "&labelSelector=k");
        (await watch.NextAsync())!.Name.ShouldBe("a");
        var end = await watch.NextAsync();
        await CreateConfigMapAsync("b", "\"k\":\"v\"");

        end!.Type.ShouldBe("BOOKMARK");
        ((string?)end.Object["metadata"]!["annotations"]!["k8s.io/initial-events-end"]).ShouldBe("true");
        (await watch.NextAsync())!.Name.ShouldBe("b");
    }

    [BehaviourFact(31)]
    public async Task Watch_InitialEventsOfNothing_AreTheEndBookmarkAlone()
    {
        await using var watch = await Client.WatchAsync(InitialEvents + "&labelSelector=k");

        var end = await watch.NextAsync();

        end!.Type.ShouldBe("BOOKMARK");
        Number(end.ResourceVersion).ShouldBePositive();
    }

    [BehaviourFact(31)]
    public async Task Watch_FromNoVersionWithBookmarks_EndsThePresentStateWithOneToo()
    {
        await CreateConfigMapAsync("a", "\"k\":\"v\"");

        await using var watch = await Client.WatchAsync(ConfigMaps + "?watch=1&allowWatchBookmarks=true&labelSelector=k");

        (await watch.NextAsync())!.Name.ShouldBe("a");
        var end = await watch.NextAsync();
        ((string?)end!.Object["metadata"]!["annotations"]!["k8s.io/initial-events-end"]).ShouldBe("true");
    }

    [BehaviourFact(32)]
    public async Task Watch_InitialEventsWhereTheyAreOff_Answers422WithTheField()
    {
        if (Server.Capabilities.HasFlag(KubernetesServerCapabilities.FaultHooks)) Faults.WatchList = false;

        var status = await RefusedAsync("GET", InitialEvents, null, 422, "Invalid", null);

        status["details"]!["causes"]!.AsArray().Select(cause => (string)cause!["field"]!).ShouldBe(["sendInitialEvents"]);
    }

    [BehaviourFact(33)]
    public async Task Watch_FromTooLongAgo_IsTold410InsideTheStream()
    {
        await CreateConfigMapAsync("a");
        Faults.Compact();

        await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&resourceVersion=1");

        var error = await watch.NextAsync();
        error!.Type.ShouldBe("ERROR");
        ((int)error.Object["code"]!, Text(error.Object, "reason")).ShouldBe((410, "Expired"));
        Text(error.Object, "message").ShouldStartWith("too old resource version: 1 (");
        (await watch.NextAsync()).ShouldBeNull();
    }

    [BehaviourFact(33)]
    public async Task Watch_RefusedAtItsStart_Answers410()
    {
        Faults.RefuseWatchStarts();

        await RefusedAsync("GET", $"{ConfigMaps}?watch=1&resourceVersion=1", null, 410, "Expired", null);
    }

    [BehaviourFact(34)]
    public async Task Watch_TimeoutSeconds_EndsCleanly()
    {
        await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&{Ours}&resourceVersion={await ListVersionAsync(ConfigMaps)}&timeoutSeconds=1");

        (await watch.NextAsync()).ShouldBeNull();
    }

    [BehaviourFact(35)]
    public async Task Watch_Headers_ComeBeforeTheFirstEvent()
    {
        // Returns at the headers; nothing has happened yet.
        await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&{Ours}&resourceVersion={await ListVersionAsync(ConfigMaps)}");

        await CreateConfigMapAsync("a");

        (await watch.NextAsync())!.Name.ShouldBe("a");
    }

    [BehaviourFact(36)]
    public async Task Watch_ClientThatDoesNotRead_IsClosedAtTheEndOfAnEvent()
    {
        Faults.CloseSlowWatches(unread: 10);
        await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&{Ours}&resourceVersion={await ListVersionAsync(ConfigMaps)}");
        var payload = new string('x', 500_000);

        // The headers come before it runs.
        await RealServers.ServerClient.UntilAsync(() => Task.FromResult(Faults.RunningWatches), static running => running == 1);

        // More than the connection holds: its windows grow with what the client has read, which is nothing.
        for (var i = 0; Faults.RunningWatches > 0 && i < 200; i++)
        {
            var (code, _) = await Client.SendAsync("POST", ConfigMaps, $$$"""{"metadata":{"name":"m{{{i}}}"},"data":{"x":"{{{payload}}}"}}""");
            code.ShouldBe(HttpStatusCode.Created);
        }

        Faults.RunningWatches.ShouldBe(0);
        var seen = 0;
        while (await watch.NextAsync() is { } one) one.Name.ShouldBe($"m{seen++}");
        seen.ShouldBeGreaterThan(0);
        Names((await Client.GetAsync(ConfigMaps)).Body).Count.ShouldBeGreaterThan(seen);
    }

    [BehaviourFact(37)]
    public async Task Watch_MetadataName_ShowsThatObjectOnly()
    {
        var version = await ListVersionAsync(ConfigMaps);
        await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&fieldSelector=metadata.name%3Db&resourceVersion={version}");

        await CreateConfigMapAsync("a");
        await CreateConfigMapAsync("b");
        await Client.SendAsync("DELETE", ConfigMaps + "/a");
        await Client.SendAsync("DELETE", ConfigMaps + "/b");

        var (added, deleted) = (await watch.NextAsync(), await watch.NextAsync());
        (added!.Type, added.Name).ShouldBe(("ADDED", "b"));
        (deleted!.Type, deleted.Name).ShouldBe(("DELETED", "b"));
    }

    [BehaviourFact(37)]
    public async Task Get_WithWatch_IsAGet()
    {
        await CreateConfigMapAsync("a");

        var (code, read) = await Client.GetAsync(ConfigMaps + "/a?watch=1&timeoutSeconds=1");

        (code, Text(read, "kind")).ShouldBe((HttpStatusCode.OK, "ConfigMap"));
    }

    private string InitialEvents => ConfigMaps + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
}
