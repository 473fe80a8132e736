using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;

namespace Mesh.Contract;

/// <content>Transport, identities, the race for a Lease.</content>
public abstract partial class KubernetesContract
{
    [BehaviourFact(38)]
    public async Task List_Long_IsCompressedForWhoTakesIt()
    {
        var payload = new string('x', 100_000);
        foreach (var name in (string[])["a", "b"])
            await Client.SendAsync("POST", ConfigMaps, $$$"""{"metadata":{"name":"{{{name}}}"},"data":{"x":"{{{payload}}}"}}""");

        using var compressed = await Client.OpenAsync("GET", $"{ConfigMaps}?{Ours}", prepare: static request => request.Headers.AcceptEncoding.ParseAdd("gzip"));
        using var plain = await Client.OpenAsync("GET", $"{ConfigMaps}?{Ours}");

        compressed.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        plain.Content.Headers.ContentEncoding.ShouldBeEmpty();
        var unpacked = new GZipStream(await compressed.Content.ReadAsStreamAsync(Cancelled), CompressionMode.Decompress);
        await using (unpacked)
        {
            var list = await JsonNode.ParseAsync(unpacked, cancellationToken: Cancelled);
            Names(list!.AsObject()).ShouldBe(["a", "b"]);
        }
    }

    [BehaviourFact(38)]
    public async Task List_Short_IsNotCompressed()
    {
        using var response = await Client.OpenAsync("GET", ConfigMaps, prepare: static request => request.Headers.AcceptEncoding.ParseAdd("gzip"));

        response.Content.Headers.ContentEncoding.ShouldBeEmpty();
    }

    [BehaviourFact(39)]
    public async Task Request_UnknownToken_Answers401()
    {
        using var nobody = RawClient.WithToken(Server, "unknown");

        var (code, status) = await nobody.GetAsync(ConfigMaps);

        code.ShouldBe(HttpStatusCode.Unauthorized);
        status.ToJsonString().ShouldBe(
            """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}""");
    }

    [BehaviourFact(39)]
    public async Task Request_WithoutCredentials_IsAnonymousAndAnswers403()
    {
        using var anonymous = RawClient.WithToken(Server, null);

        var (code, status) = await anonymous.GetAsync(ConfigMaps);

        code.ShouldBe(HttpStatusCode.Forbidden);
        Text(status, "message").ShouldBe(
            $"configmaps is forbidden: User \"system:anonymous\" cannot list resource \"configmaps\" in API group \"\" in the namespace \"{Namespace}\"");
        Text(status, "reason").ShouldBe("Forbidden");
        Text(status, "details", "kind").ShouldBe("configmaps");
    }

    [BehaviourFact(39, Need = ContractNeed.FaultHooks)]
    public async Task Request_Throttled_Answers429AndWhenToComeBack()
    {
        Faults.Throttle(TimeSpan.FromSeconds(2));

        using var refused = await Client.OpenAsync("GET", ConfigMaps);

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(2));
        var status = JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancelled))!.AsObject();
        (Text(status, "reason"), (int)status["code"]!, (int)status["details"]!["retryAfterSeconds"]!).ShouldBe(("TooManyRequests", 429, 2));
    }

    [BehaviourFact(39, Need = ContractNeed.FaultHooks)]
    public async Task Request_ServerUnavailable_Answers503()
    {
        Faults.Fail(503);

        await RefusedAsync("GET", ConfigMaps, null, 503, "ServiceUnavailable", null);
    }

    [BehaviourTheory(39)]
    [InlineData("/nope")]
    [InlineData("/apis/nope.example/v1/things")]
    public async Task Path_Unknown_Answers404AsText(string path)
    {
        using var response = await Client.OpenAsync("GET", path);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldBe("404 page not found\n");
    }

    [BehaviourFact(39)]
    public async Task Accept_NothingTheServerSpeaks_Answers406()
    {
        using var response = await Client.OpenAsync("GET", ConfigMaps, prepare: static request =>
        {
            request.Headers.Accept.Clear();
            request.Headers.Accept.ParseAdd("application/xml");
        });

        response.StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
        var status = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!.AsObject();
        Text(status, "reason").ShouldBe("NotAcceptable");
    }

    [BehaviourFact([17, 40])]
    public async Task Accept_ProtobufOrJson_IsAnsweredJsonForCustomObjects()
    {
        await UseWidgetsAsync();
        const string Protobuf = "application/vnd.kubernetes.protobuf";

        (await TypeAsync(Protobuf + ", application/json")).ShouldBe((HttpStatusCode.OK, "application/json"));
        (await TypeAsync(Protobuf)).Code.ShouldBe(HttpStatusCode.NotAcceptable);

        async Task<(HttpStatusCode Code, string? Type)> TypeAsync(string accept)
        {
            using var response = await Client.OpenAsync("GET", Widgets, prepare: request =>
            {
                request.Headers.Accept.Clear();
                request.Headers.Accept.ParseAdd(accept);
            });
            return (response.StatusCode, response.Content.Headers.ContentType?.MediaType);
        }
    }

    [BehaviourTheory(40)]
    [InlineData("/readyz")]
    [InlineData("/livez")]
    public async Task Probe_Answers200Ok(string path)
    {
        using var anonymous = RawClient.WithToken(Server, null);

        using var response = await anonymous.OpenAsync("GET", path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldBe("ok");
    }

    [BehaviourFact(40)]
    public async Task Version_IsTheServers()
    {
        var (_, version) = await Client.GetAsync("/version");

        Text(version, "gitVersion").ShouldBe(Server.Version);
        Server.Version.ShouldStartWith($"v{version["major"]}.{version["minor"]}.");
    }

    [BehaviourFact(40)]
    public async Task Discovery_NamesGroupsVersionsAndResources()
    {
        var (_, core) = await Client.GetAsync("/api");
        var (_, groups) = await Client.GetAsync("/apis");
        var (_, group) = await Client.GetAsync("/apis/discovery.k8s.io");
        var (_, resources) = await Client.GetAsync("/api/v1");

        core["versions"]!.ToJsonString().ShouldBe("""["v1"]""");
        groups["groups"]!.AsArray().Select(one => (string)one!["name"]!).ShouldContain("discovery.k8s.io");
        Text(group, "preferredVersion", "groupVersion").ShouldBe("discovery.k8s.io/v1");
        var service = resources["resources"]!.AsArray().Single(one => (string?)one!["name"] == "services")!.AsObject();
        (Text(service, "kind"), Text(service, "singularName"), (bool)service["namespaced"]!).ShouldBe(("Service", "service", true));
        service["verbs"]!.AsArray().Select(verb => (string)verb!)
            .ShouldBe(["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"], ignoreOrder: true);
        service["shortNames"]!.ToJsonString().ShouldBe("""["svc"]""");
        resources["resources"]!.AsArray().Select(one => (string)one!["name"]!).ShouldContain("services/status");
    }

    [BehaviourFact(40)]
    public async Task Discovery_Aggregated_SaysItAtOnce()
    {
        var (type, groups) = await AggregatedAsync("/apis");
        var (_, core) = await AggregatedAsync("/api");

        type.ShouldBe("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        Text(groups, "kind").ShouldBe("APIGroupDiscoveryList");
        Find(groups, "discovery.k8s.io", "endpointslices").ShouldNotBeNull();
        var service = Find(core, "", "services")!;
        (Text(service, "responseKind", "kind"), Text(service, "scope"), Text(service, "singularResource")).ShouldBe(("Service", "Namespaced", "service"));
        service["subresources"]!.AsArray().Select(one => (string)one!["subresource"]!).ShouldContain("status");

        async Task<(string? Type, JsonObject Body)> AggregatedAsync(string path)
        {
            using var response = await Client.OpenAsync("GET", path, prepare: static request =>
            {
                request.Headers.Accept.Clear();
                request.Headers.TryAddWithoutValidation(
                    "Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json");
            });
            var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!.AsObject();
            // Headers are shown with a space after each semicolon, whatever was sent.
            return (response.Content.Headers.ContentType!.ToString().Replace(" ", "", StringComparison.Ordinal), body);
        }

        static JsonObject? Find(JsonObject list, string group, string resource) => list["items"]!.AsArray()
            .Where(one => ((string?)one!["metadata"]?["name"] ?? "") == group)
            .SelectMany(one => one!["versions"]!.AsArray())
            .SelectMany(version => version!["resources"]!.AsArray())
            .FirstOrDefault(one => (string?)one!["resource"] == resource)?.AsObject();
    }

    [BehaviourFact(41)]
    public async Task Http2_RunsEverythingOverOneConnection()
    {
        await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&{Ours}&resourceVersion={await ListVersionAsync(ConfigMaps)}");
        using var response = await Client.OpenAsync("GET", ConfigMaps);

        response.Version.ShouldBe(HttpVersion.Version20);
        Client.Connections.ShouldBe(1);
    }

    [BehaviourFact(41, Need = ContractNeed.FaultHooks)]
    public async Task Http2_GoAway_MovesNewRequestsAndLeavesTheRunningOnes()
    {
        await using var watch = await Client.WatchAsync($"{ConfigMaps}?watch=1&{Ours}&resourceVersion={await ListVersionAsync(ConfigMaps)}");
        Faults.GoAway();

        (await Client.GetAsync(ConfigMaps)).Code.ShouldBe(HttpStatusCode.OK);

        // The client hears of it in its own time; until then it may still use the old connection.
        await RealServers.ServerClient.UntilAsync(
            async () =>
            {
                (await Client.GetAsync(ConfigMaps)).Code.ShouldBe(HttpStatusCode.OK);
                return Client.Connections;
            },
            static connections => connections == 2);
        await CreateConfigMapAsync("a");
        (await watch.NextAsync())!.Name.ShouldBe("a");
    }

    [BehaviourFact(42)]
    public async Task Lease_RaceToCreate_HasOneWinner()
    {
        var codes = await RaceAsync(who => Client.SendAsync("POST", Leases, Lease(who, "")));

        codes.Count(static code => code == HttpStatusCode.Created).ShouldBe(1);
        codes.Count(static code => code == HttpStatusCode.Conflict).ShouldBe(codes.Count - 1);
    }

    [BehaviourFact(42)]
    public async Task Lease_RaceToTakeOver_HasOneWinner()
    {
        var (_, made) = await Client.SendAsync("POST", Leases, Lease("old", ""));

        var codes = await RaceAsync(who => Client.SendAsync("PUT", Leases + "/a", Lease(who, Version(made))));

        codes.Count(static code => code == HttpStatusCode.OK).ShouldBe(1);
        codes.Count(static code => code == HttpStatusCode.Conflict).ShouldBe(codes.Count - 1);
    }

    [BehaviourFact(42)]
    public async Task Lease_UpdateWithoutVersion_IsRefused()
    {
        await Client.SendAsync("POST", Leases, Lease("old", ""));

        var status = await RefusedAsync("PUT", Leases + "/a", Lease("new", ""), 422, "Invalid", null);

        ((string?)status["details"]!["causes"]![0]!["field"]).ShouldBe("metadata.resourceVersion");
    }

    [BehaviourFact(43)]
    public async Task Identity_RoleBound_MayDoThatAndNoMore()
    {
        var user = "user-" + Namespace;
        using var client = new RawClient(Server, user);
        await BindAsync(
            """{"apiGroups":[""],"resources":["services"],"verbs":["list","watch"]},{"apiGroups":[""],"resources":["configmaps"],"resourceNames":["mine"],"verbs":["get"]}""",
            $$"""{"kind":"User","name":"{{user}}"}""");

        await RealServers.ServerClient.UntilAsync(async () => (await client.GetAsync(Services)).Code, static code => code == HttpStatusCode.OK);

        (await client.GetAsync(ConfigMaps + "/mine")).Code.ShouldBe(HttpStatusCode.NotFound);
        var (code, status) = await client.GetAsync(ConfigMaps + "/other");
        code.ShouldBe(HttpStatusCode.Forbidden);
        Text(status, "message").ShouldBe(
            $"configmaps \"other\" is forbidden: User \"{user}\" cannot get resource \"configmaps\" in API group \"\" in the namespace \"{Namespace}\"");
        (Text(status, "details", "name"), Text(status, "details", "kind")).ShouldBe(("other", "configmaps"));
        (await client.GetAsync("/api/v1/namespaces/kube-system/services")).Code.ShouldBe(HttpStatusCode.Forbidden);
        (await client.GetAsync("/api/v1/services")).Code.ShouldBe(HttpStatusCode.Forbidden);
        (await client.SendAsync("POST", Services, """{"metadata":{"name":"a"},"spec":{"ports":[{"port":80}]}}""")).Code.ShouldBe(HttpStatusCode.Forbidden);
        (await client.GetAsync(Slices)).Code.ShouldBe(HttpStatusCode.Forbidden);
        (await client.GetAsync("/version")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [BehaviourFact(43)]
    public async Task Identity_TokenOfAServiceAccount_IsThatAccount()
    {
        var accounts = $"/api/v1/namespaces/{Namespace}/serviceaccounts";
        await Client.SendAsync("POST", accounts, """{"metadata":{"name":"reader"}}""");
        await BindAsync(
            """{"apiGroups":[""],"resources":["services"],"verbs":["list"]}""", $$"""{"kind":"ServiceAccount","name":"reader","namespace":"{{Namespace}}"}""");

        var (code, answer) = await Client.SendAsync(
            "POST", accounts + "/reader/token", """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3600}}""");

        code.ShouldBe(HttpStatusCode.Created);
        Text(answer, "kind").ShouldBe("TokenRequest");
        Text(answer, "status", "expirationTimestamp").ShouldEndWith("Z");
        using var reader = RawClient.WithToken(Server, Text(answer, "status", "token"));
        await RealServers.ServerClient.UntilAsync(async () => (await reader.GetAsync(Services)).Code, static answered => answered == HttpStatusCode.OK);
        Text((await reader.GetAsync(ConfigMaps)).Body, "message").ShouldContain($"User \"system:serviceaccount:{Namespace}:reader\" cannot list");
    }

    private static string Lease(string holder, string version) =>
        $$$"""{"metadata":{"name":"a","resourceVersion":"{{{version}}}"},"spec":{"holderIdentity":"{{{holder}}}","leaseDurationSeconds":15}}""";

    private static async Task<IReadOnlyList<HttpStatusCode>> RaceAsync(Func<string, Task<(HttpStatusCode Code, JsonObject Body)>> attempt) =>
        [.. (await Task.WhenAll(Enumerable.Range(0, 8).Select(i => attempt($"racer-{i}")))).Select(static one => one.Code)];

    /// <summary>Grants the rules to the subject in this test's namespace.</summary>
    private async Task BindAsync(string rules, string subject)
    {
        var rbac = $"/apis/rbac.authorization.k8s.io/v1/namespaces/{Namespace}";
        (await Client.SendAsync("POST", rbac + "/roles", $$$"""{"metadata":{"name":"some"},"rules":[{{{rules}}}]}""")).Code.ShouldBe(HttpStatusCode.Created);
        (await Client.SendAsync(
            "POST", rbac + "/rolebindings",
            $$$"""{"metadata":{"name":"some"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"some"},"subjects":[{{{subject}}}]}""")).Code
            .ShouldBe(HttpStatusCode.Created);
    }
}
