namespace Mesh.Contract;

/// <content>Lists.</content>
public abstract partial class KubernetesContract
{
    [BehaviourFact(19)]
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

    [BehaviourTheory(24)]
    [InlineData("k%3Dv", "a")]
    [InlineData("k!%3Dv,page", "b,c")]
    [InlineData("k+in+(v,w)", "a,b")]
    [InlineData("k+notin+(v,w),page", "c")]
    [InlineData("!k,page", "c")]
    [InlineData("k", "a,b")]
    [InlineData("k%3D%3Dw", "b")]
    public async Task List_LabelSelector_Selects(string selector, string expected)
    {
        await CreateConfigMapAsync("a", "\"page\":\"1\",\"k\":\"v\"");
        await CreateConfigMapAsync("b", "\"page\":\"1\",\"k\":\"w\"");
        await CreateConfigMapAsync("c", "\"page\":\"1\"");

        var (_, list) = await Client.GetAsync($"{ConfigMaps}?labelSelector={selector}");

        string.Join(",", Names(list)).ShouldBe(expected);
    }

    [BehaviourFact(22)]
    public async Task List_FutureVersion_TimesOutWithItsCause()
    {
        var status = await RefusedAsync("GET", Services + "?resourceVersion=999999999", null, 504, "Timeout", null);

        Text(status["details"]!["causes"]![0]!.AsObject(), "reason").ShouldBe("ResourceVersionTooLarge");
    }

    [BehaviourTheory(23)]
    [InlineData("resourceVersionMatch=Exact", "resourceVersionMatch")]
    [InlineData("resourceVersion=0&resourceVersionMatch=Exact", "resourceVersionMatch")]
    [InlineData("resourceVersion=5&resourceVersionMatch=Foo", "resourceVersionMatch")]
    [InlineData("watch=1&resourceVersionMatch=NotOlderThan", "resourceVersionMatch")]
    [InlineData("watch=1&sendInitialEvents=true", "resourceVersionMatch")]
    [InlineData("resourceVersion=5&sendInitialEvents=true", "sendInitialEvents")]
    [InlineData("resourceVersionMatch=NotOlderThan", "resourceVersionMatch")]
    [InlineData("continue=abc&resourceVersion=5&resourceVersionMatch=NotOlderThan", "resourceVersionMatch")]
    [InlineData("watch=1&sendInitialEvents=false", "resourceVersionMatch")]
    [InlineData("watch=1&sendInitialEvents=true&resourceVersionMatch=Exact", "resourceVersionMatch")]
    public async Task List_InvalidCombination_Answers422(string query, string field)
    {
        var status = await RefusedAsync("GET", $"{Services}?{query}", null, 422, "Invalid", null);

        status["details"]!["causes"]!.AsArray().Select(cause => (string)cause!["field"]!).ShouldContain(field);
    }

    [BehaviourFact(20)]
    public async Task List_ExpiredContinue_OffersAnInconsistentContinuation()
    {
        foreach (var name in (string[])["a", "b", "c"]) await CreateConfigMapAsync(name, "\"page\":\"1\"");
        var (_, first) = await Client.GetAsync(ConfigMaps + "?limit=1&labelSelector=page");
        Faults.ExpireContinueTokens();

        var status = await RefusedAsync(
            "GET", $"{ConfigMaps}?limit=5&labelSelector=page&continue={Text(first, "metadata", "continue")}", null, 410, "Expired", null);
        await CreateConfigMapAsync("bb", "\"page\":\"1\"");
        var (_, rest) = await Client.GetAsync($"{ConfigMaps}?limit=5&labelSelector=page&continue={Text(status, "metadata", "continue")}");

        Names(rest).ShouldBe(["b", "bb", "c"]);
    }

    [BehaviourFact(21)]
    public async Task List_AtVersions_ShowsAtLeastOrExactlyThat()
    {
        var first = await CreateConfigMapAsync("a", "\"page\":\"1\"");
        var second = await CreateConfigMapAsync("b", "\"page\":\"1\"");
        var (_, then) = await Client.GetAsync($"{ConfigMaps}?labelSelector=page");
        await Client.SendAsync("DELETE", ConfigMaps + "/a");

        var (_, exact) = await Client.GetAsync($"{ConfigMaps}?labelSelector=page&resourceVersionMatch=Exact&resourceVersion={Version(then)}");
        var (_, earlier) = await Client.GetAsync($"{ConfigMaps}?labelSelector=page&resourceVersionMatch=Exact&resourceVersion={Version(first)}");
        var (_, newest) = await Client.GetAsync($"{ConfigMaps}?labelSelector=page");
        var (_, atLeast) = await Client.GetAsync($"{ConfigMaps}?labelSelector=page&resourceVersionMatch=NotOlderThan&resourceVersion={Version(newest)}");
        var (_, plain) = await Client.GetAsync($"{ConfigMaps}?labelSelector=page&resourceVersion={Version(newest)}");

        Names(exact).ShouldBe(["a", "b"]);
        Version(exact).ShouldBe(Version(then));
        Names(earlier).ShouldBe(["a"]);
        Names(newest).ShouldBe(["b"]);
        Names(atLeast).ShouldBe(["b"]);
        Names(plain).ShouldBe(["b"]);
        Number(Version(atLeast)).ShouldBeGreaterThanOrEqualTo(Number(Version(newest)));
        Number(Version(newest)).ShouldBeGreaterThan(Number(Version(second)));
    }

    [BehaviourFact(21)]
    public async Task List_AtZero_ShowsWhateverIsThereAndDoesNotPage()
    {
        foreach (var name in (string[])["a", "b"]) await CreateConfigMapAsync(name, "\"page\":\"1\"");

        // From a cache, which may be behind for a moment.
        var list = await RealServers.ServerClient.UntilAsync(
            async () => (await Client.GetAsync($"{ConfigMaps}?labelSelector=page&resourceVersion=0&limit=1")).Body, static found => Names(found).Count == 2);

        list["metadata"]!["continue"].ShouldBeNull();
        Number(Version(list)).ShouldBePositive();
    }

    [BehaviourFact(22)]
    public async Task Get_FutureVersion_TimesOutWithItsCause()
    {
        await CreateConfigMapAsync("a");

        var status = await RefusedAsync("GET", ConfigMaps + "/a?resourceVersion=999999999", null, 504, "Timeout", null);

        Text(status["details"]!["causes"]![0]!.AsObject(), "reason").ShouldBe("ResourceVersionTooLarge");
    }

    [BehaviourTheory(24)]
    [InlineData("metadata.name%3Da", "a")]
    [InlineData("metadata.name!%3Da", "b")]
    [InlineData("metadata.name%3D%3Db", "b")]
    [InlineData("metadata.namespace%3Ddefault", "")]
    [InlineData("metadata.namespace!%3Ddefault,metadata.name%3Da", "a")]
    public async Task List_FieldSelector_Selects(string selector, string expected)
    {
        foreach (var name in (string[])["a", "b"]) await CreateConfigMapAsync(name, "\"page\":\"1\"");

        var (_, list) = await Client.GetAsync($"{ConfigMaps}?labelSelector=page&fieldSelector={selector}");

        string.Join(",", Names(list)).ShouldBe(expected);
    }

    [BehaviourTheory(24)]
    [InlineData("fieldSelector=metadata.uid%3Dx")]
    [InlineData("fieldSelector=data.x%3D1")]
    [InlineData("labelSelector=a+in+b")]
    [InlineData("labelSelector=a%3Db%3Dc")]
    public async Task List_BadSelector_Answers400(string query) => await RefusedAsync("GET", $"{ConfigMaps}?{query}", null, 400, "BadRequest", null);

    [BehaviourFact(25)]
    public async Task ListAndWatch_OfOneNamespaceAndOfAll_ShowTheirs()
    {
        var other = Namespace + "-other";
        await CreateNamespaceAsync(other);
        var mark = "contract%3D" + Namespace;
        var version = await ListVersionAsync($"/api/v1/configmaps?labelSelector={mark}");
        await using var all = await Client.WatchAsync($"/api/v1/configmaps?watch=1&labelSelector={mark}&resourceVersion={version}");
        await using var one = await Client.WatchAsync($"/api/v1/namespaces/{other}/configmaps?watch=1&labelSelector={mark}&resourceVersion={version}");

        await CreateConfigMapAsync("a", $"\"contract\":\"{Namespace}\"");
        await Client.SendAsync("POST", $"/api/v1/namespaces/{other}/configmaps", $$$"""{"metadata":{"name":"b","labels":{"contract":"{{{Namespace}}}"} } }""");

        Names((await Client.GetAsync($"{ConfigMaps}?labelSelector={mark}")).Body).ShouldBe(["a"]);
        Names((await Client.GetAsync($"/api/v1/configmaps?labelSelector={mark}")).Body).ShouldBe(["b", "a"], "keys are namespace/name, and '-' comes before '/'");
        (await all.NextAsync())!.Name.ShouldBe("a");
        (await all.NextAsync())!.Name.ShouldBe("b");
        (await one.NextAsync())!.Name.ShouldBe("b");
    }
}
