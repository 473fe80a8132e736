using Mesh.Processes;

namespace Mesh.RealServers;

[Collection(RealServersGroup.Name)]
public sealed class RealHostKilledTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TestHostKilled_NoServerProcessAndNoFolderIsLeft()
    {
        RealServers.Require("1.37");
        using var host = await ChildHost.StartAsync("1.37", Cancelled);
        host.Processes.Count.ShouldBeGreaterThanOrEqualTo(2);
        host.Processes.ShouldAllBe(id => ChildHost.IsRunning(id));
        Directory.Exists(host.Folder).ShouldBeTrue();

        await host.KillAsync(Cancelled);

        await ChildHost.Until(() => !host.Processes.Any(ChildHost.IsRunning), Cancelled);
        await ChildHost.Until(() => !Directory.Exists(host.Folder), Cancelled);
    }
}
