using System.Diagnostics;

namespace Mesh.Processes;

public sealed class ProcessGuardTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HostKilled_ItsProcessesEndAndTheFolderIsRemoved()
    {
        using var host = await ChildHost.StartAsync("", Cancelled);
        host.Processes.Where(ChildHost.IsRunning).Count().ShouldBe(1);
        Directory.Exists(host.Folder).ShouldBeTrue();

        await host.KillAsync(Cancelled);

        await ChildHost.Until(() => !host.Processes.Any(ChildHost.IsRunning), Cancelled);
        await ChildHost.Until(() => !Directory.Exists(host.Folder), Cancelled);
        await ChildHost.Until(() => !ChildHost.IsRunning(host.Guard), Cancelled);
    }

    [Fact]
    public async Task TerminalSignals_DoNotEndTheGuardBeforeItsHost()
    {
        using var host = await ChildHost.StartAsync("", Cancelled);
        foreach (var signal in (string[])["INT", "TERM", "HUP"]) await SignalAsync(signal, host.Guard);

        await host.KillAsync(Cancelled);

        await ChildHost.Until(() => !host.Processes.Any(ChildHost.IsRunning) && !Directory.Exists(host.Folder), Cancelled);
    }

    [Fact]
    public async Task HostAndGuardKilled_NextFolderMadeEndsWhatIsLeft()
    {
        using var host = await ChildHost.StartAsync("", Cancelled);
        await SignalAsync("KILL", host.Guard);
        await host.KillAsync(Cancelled);

        // Another test's folder may have done it already: that is the point.
        await using var next = GuardedFolder.Create();

        await ChildHost.Until(() => !host.Processes.Any(ChildHost.IsRunning) && !Directory.Exists(host.Folder), Cancelled);
    }

    [Fact]
    public async Task Dispose_EndsWhatStillRunsAndRemovesTheFolder()
    {
        var folder = GuardedFolder.Create();
        var process = Sleeper.Start(folder, "sleeper");

        await folder.DisposeAsync();

        await process.Exited.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancelled);
        Directory.Exists(folder.Path).ShouldBeFalse();
    }

    [Fact]
    public async Task Dispose_RunsTheEndScriptsThatAreLeft()
    {
        var trace = Path.Combine(Path.GetTempPath(), $"mesh-trace-{Guid.NewGuid():N}");
        var folder = GuardedFolder.Create();
        await File.WriteAllTextAsync(folder.EndScript("done"), $"echo done >>{trace}", Cancelled);
        await File.WriteAllTextAsync(folder.EndScript("left"), $"echo left >>{trace}", Cancelled);
        File.Delete(folder.EndScript("done"));

        await folder.DisposeAsync();

        (await File.ReadAllTextAsync(trace, Cancelled)).ShouldBe("left\n");
        File.Delete(trace);
        Directory.Exists(folder.Path).ShouldBeFalse();
    }

    [Fact]
    public async Task NumberOfAnotherProcess_IsNotKilled()
    {
        await using var other = GuardedFolder.Create();
        await using var bystander = Sleeper.Start(other, "bystander");
        var folder = GuardedFolder.Create();
        await File.WriteAllTextAsync(folder.PidFile("gone-long-ago"), $"{bystander.Id}\n", Cancelled);

        await folder.DisposeAsync();

        bystander.Exited.IsCompleted.ShouldBeFalse();
        ChildHost.IsRunning(bystander.Id).ShouldBeTrue();
    }

    [Fact]
    public async Task LiveFolders_AreNotTakenForAbandoned()
    {
        await using var folder = GuardedFolder.Create();
        await using var process = Sleeper.Start(folder, "sleeper");

        await using (GuardedFolder.Create())
        {
        }

        Directory.Exists(folder.Path).ShouldBeTrue();
        process.Exited.IsCompleted.ShouldBeFalse();
    }

    private static async Task SignalAsync(string signal, int id)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {id}"]);
        await kill.WaitForExitAsync(Cancelled);
        kill.ExitCode.ShouldBe(0);
    }
}
