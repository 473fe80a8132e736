using System.Net;
using Mesh.Contract;

namespace Mesh.Simulation;

public sealed class SimulatedKubernetesServerTests : IAsyncLifetime
{
    private readonly SimulatedKubernetesServer _server = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _server.StartAsync(Cancelled);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Stop_RunningWatch_IsResetAndNewConnectionsAreRefused()
    {
        using var client = new RawClient(_server);
        await using var watch = await client.WatchAsync("/api/v1/services?watch=1&resourceVersion=0");
        await watch.NextAsync();

        await _server.StopAsync(Cancelled);

        (await Record.ExceptionAsync(watch.NextAsync)).ShouldBeAssignableTo<IOException>();
        (await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/api/v1/services"))).HttpRequestError.ShouldBe(HttpRequestError.ConnectionError);
    }

    [Fact]
    public async Task Start_AfterStop_AnswersOnTheSameAddressWithTheSameObjects()
    {
        using var client = new RawClient(_server);
        var before = (_server.Address, (await client.GetAsync("/api/v1/namespaces/kube-system")).Body.ToJsonString());

        await _server.StopAsync(Cancelled);
        await _server.StartAsync(Cancelled);

        (_server.Address, (await client.GetAsync("/api/v1/namespaces/kube-system")).Body.ToJsonString()).ShouldBe(before);
    }

    [Fact]
    public async Task Stop_Twice_DoesNothing()
    {
        await _server.StopAsync(Cancelled);
        await _server.StopAsync(Cancelled);
        await _server.StartAsync(Cancelled);
        await _server.StartAsync(Cancelled);

        using var client = new RawClient(_server);
        (await client.GetAsync("/api/v1/namespaces/default")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Identity_ClientCertificate_IsTheUser()
    {
        using var admin = new RawClient(_server.GetCertificateKubeconfig());
        using var bob = new RawClient(_server.GetCertificateKubeconfig("bob"));

        (await admin.GetAsync("/api/v1/services")).Code.ShouldBe(HttpStatusCode.OK);
        var (code, status) = await bob.GetAsync("/api/v1/services");
        code.ShouldBe(HttpStatusCode.Forbidden);
        ((string?)status["message"]).ShouldBe("services is forbidden: User \"bob\" cannot list resource \"services\" in API group \"\" at the cluster scope");
    }

    [Fact]
    public async Task Identity_RoleBound_MayDoThatAndNoMore()
    {
        using var admin = new RawClient(_server);
        using var reader = new RawClient(_server, "reader");
        await admin.SendAsync("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles", """
            {"metadata":{"name":"reader"},"rules":[{"apiGroups":[""],"resources":["services"],"verbs":["list"]},
             {"apiGroups":[""],"resources":["configmaps"],"resourceNames":["mine"],"verbs":["get"]}]}
            """);
        await admin.SendAsync("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", """
            {"metadata":{"name":"reader"},"roleRef":{"kind":"Role","name":"reader"},"subjects":[{"kind":"User","name":"reader"}]}
            """);

        (await reader.GetAsync("/api/v1/namespaces/default/services")).Code.ShouldBe(HttpStatusCode.OK);
        (await reader.GetAsync("/api/v1/namespaces/default/configmaps/mine")).Code.ShouldBe(HttpStatusCode.NotFound);
        (await reader.GetAsync("/api/v1/namespaces/default/configmaps/other")).Code.ShouldBe(HttpStatusCode.Forbidden);
        (await reader.GetAsync("/api/v1/namespaces/kube-system/services")).Code.ShouldBe(HttpStatusCode.Forbidden);
        (await reader.GetAsync("/api/v1/namespaces/default/services?watch=1")).Code.ShouldBe(HttpStatusCode.Forbidden);
        (await reader.GetAsync("/version")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Unsupported_Subresource_Answers501WithTheReason()
    {
        using var client = new RawClient(_server);

        var (code, status) = await client.GetAsync("/api/v1/namespaces/default/pods/a/log");

        code.ShouldBe(HttpStatusCode.NotImplemented);
        ((string)status["message"]!).ShouldContain("pods/log");
    }

    [Fact]
    public async Task Namespace_Deleted_TakesItsObjectsWithIt()
    {
        using var client = new RawClient(_server);
        await client.SendAsync("POST", "/api/v1/namespaces", """{"metadata":{"name":"sales"}}""");
        await client.SendAsync("POST", "/api/v1/namespaces/sales/configmaps", """{"metadata":{"name":"a"}}""");
        await using var watch = await client.WatchAsync("/api/v1/configmaps?watch=1");
        (await watch.NextAsync())!.Name.ShouldBe("a");

        await client.SendAsync("DELETE", "/api/v1/namespaces/sales");

        (await watch.NextAsync())!.Type.ShouldBe("DELETED");
        (await client.GetAsync("/api/v1/namespaces/sales")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Watch_Http11_Streams()
    {
        using var client = new RawClient(_server) { HttpVersion = HttpVersion.Version11 };

        await using var watch = await client.WatchAsync("/api/v1/namespaces?watch=1&fieldSelector=metadata.name%3Dkube-system");

        (await watch.NextAsync())!.Name.ShouldBe("kube-system");
    }
}
