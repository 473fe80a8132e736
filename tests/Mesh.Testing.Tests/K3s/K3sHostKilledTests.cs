using Mesh.Processes;
using Mesh.RealServers;

namespace Mesh.K3s;

[Collection(K3sGroup.Name)]
public sealed class K3sHostKilledTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TestHostKilled_NoContainerIsLeft()
    {
        K3sServers.Require();
        using var containers = new Containers();
        using var host = await ChildHost.StartAsync(ChildHostStory.K3s, Cancelled);
        var container = host.Folder;
        (await containers.FindAsync(container))!.State!.Running.ShouldBeTrue();

        await host.KillAsync(Cancelled);

        await ServerClient.UntilAsync(async () => await containers.FindAsync(container) is null, isGone => isGone);
    }
}
