using System.Net;
using Mesh.Contract;
using Mesh.RealServers;

namespace Mesh.Network;

[Collection(RealServersGroup.Name)]
public sealed class ApiServerBehindProxyTests(RealServers.RealServers servers)
{
    private const int Bound = 120_000;

    [Theory(Timeout = Bound)]
    [InlineData("simulated")]
    [InlineData("1.37")]
    [InlineData("1.30")]
    public async Task Watch_BehindABlackHole_IsSilentAndGoesOnWhenItEnds(string version)
    {
        await using var simulated = version == "simulated" ? await new SimulatedClusterProvider().StartAsync("alpha", TestContext.Current.CancellationToken) : null;
        var server = simulated ?? await servers.GetAsync(version);
        await using var proxy = FaultProxy.Start(server.Address);
        using var direct = new RawClient(server);
        using var client = new RawClient(proxy.Redirect(server.GetKubeconfig()));
        var name = $"held-{Guid.NewGuid():N}";
        await using var watch = await client.WatchAsync($"/api/v1/namespaces/default/configmaps?watch=1&fieldSelector=metadata.name%3D{name}");

        proxy.Link.Backward.BlackHole();
        (await direct.SendAsync("POST", "/api/v1/namespaces/default/configmaps", $$$"""{"metadata":{"name":"{{{name}}}"}}""")).Code.ShouldBe(HttpStatusCode.Created);
        var next = watch.NextAsync();
        await ProxiedConnection.UntilAsync(() => proxy.Link.Backward.BytesTaken > proxy.Link.Backward.BytesDelivered);
        next.IsCompleted.ShouldBeFalse();
        proxy.Link.Restore();

        (await next)!.Name.ShouldBe(name);
    }

    [Theory(Timeout = Bound)]
    [InlineData("simulated")]
    [InlineData("1.37")]
    [InlineData("1.30")]
    public async Task Watch_WhenTheLinkIsCut_BreaksAndRequestsAreRefusedUntilRestored(string version)
    {
        await using var simulated = version == "simulated" ? await new SimulatedClusterProvider().StartAsync("alpha", TestContext.Current.CancellationToken) : null;
        var server = simulated ?? await servers.GetAsync(version);
        await using var proxy = FaultProxy.Start(server.Address);
        using var client = new RawClient(proxy.Redirect(server.GetKubeconfig()));
        await using var watch = await client.WatchAsync("/api/v1/namespaces/default/configmaps?watch=1&labelSelector=never");

        proxy.Link.Cut();

        await Should.ThrowAsync<IOException>(watch.NextAsync());
        (await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/version"))).HttpRequestError.ShouldBe(HttpRequestError.ConnectionError);
        proxy.Link.Restore();
        (await client.GetAsync("/version")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Redirect_KubeconfigOfAnotherServer_IsRefused()
    {
        await using var one = await new SimulatedClusterProvider().StartAsync("alpha", TestContext.Current.CancellationToken);
        await using var other = await new SimulatedClusterProvider().StartAsync("beta", TestContext.Current.CancellationToken);
        await using var proxy = FaultProxy.Start(one.Address);

        Should.Throw<ArgumentException>(() => proxy.Redirect(other.GetKubeconfig())).Message.ShouldContain(one.Address.Authority);
    }
}
