namespace Mesh.K3s;

/// <summary>Starts that fail leave nothing and say why.</summary>
[Collection(K3sGroup.Name)]
public sealed class K3sStartTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "unprivileged, with the arguments server --disable=traefik --disable-agent --disable-cloud-controller --disable=coredns,local-storage,metrics-server,servicelb "
        + "--kube-controller-manager-arg=controllers=*,-node-lifecycle-controller --debug")]
    [InlineData(true, "privileged, with the arguments server --disable=traefik --kube-controller-manager-arg=controllers=*,-node-lifecycle-controller --debug")]
    public async Task NotReadyInTime_ErrorSaysHowItWasStarted(bool agent, string how)
    {
        var provider = K3sServers.Require(new K3sClusterOptions { Agent = agent, Arguments = ["--debug"], StartTimeout = TimeSpan.FromMilliseconds(1) });
        var cluster = $"late-{Guid.NewGuid():N}";

        var e = await Should.ThrowAsync<ServerStartException>(() => provider.StartAsync(cluster, Cancelled));

        e.Message.ShouldStartWith($"The cluster '{cluster}' did not start: It was not ready within 00:00:00.0010000; a loaded machine needs a longer StartTimeout.");
        e.Message.ShouldContain(how + "\n");
        await NothingShouldBeLeftAsync(cluster);
    }

    [Fact]
    public async Task ContainerEndsWhileStarting_IsAnErrorAtOnce()
    {
        var provider = K3sServers.Require(new K3sClusterOptions { StartTimeout = TimeSpan.FromMinutes(30) });
        var cluster = $"killed-{Guid.NewGuid():N}";
        using var containers = new Containers();

        var starting = provider.StartAsync(cluster, Cancelled);
        await containers.KillAsync(await containers.UntilRunningAsync(cluster));
        var e = await Should.ThrowAsync<ServerStartException>(starting);

        e.Message.ShouldStartWith($"The cluster '{cluster}' did not start: ");
        e.Message.ShouldContain("exited");
        await NothingShouldBeLeftAsync(cluster);
    }

    [Fact]
    public async Task Cancelled_LeavesNothing()
    {
        var provider = K3sServers.Require();
        var cluster = $"cancelled-{Guid.NewGuid():N}";
        using var containers = new Containers();
        using var cancel = new CancellationTokenSource();

        var starting = provider.StartAsync(cluster, cancel.Token);
        await containers.UntilRunningAsync(cluster);
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(starting);
        await NothingShouldBeLeftAsync(cluster);
    }

    private static async Task NothingShouldBeLeftAsync(string cluster)
    {
        using var containers = new Containers();
        (await containers.OfClusterAsync(cluster)).ShouldBeEmpty();
    }
}
