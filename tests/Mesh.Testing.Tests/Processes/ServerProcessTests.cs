namespace Mesh.Processes;

public sealed class ServerProcessTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Output_OfBothKinds_IsInTheLog()
    {
        await using var folder = GuardedFolder.Create();
        var process = ServerProcess.Start(folder, "talker", "/bin/sh", ["-c", "echo to out; echo to err >&2", "talker", folder["x"]]);

        await process.Exited.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancelled);

        process.LogTail().ShouldBe("to out\nto err");
        (await File.ReadAllTextAsync(folder["talker.log"], Cancelled)).ShouldBe("to out\nto err\n");
        await process.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_KillsItAndForgetsItsNumber()
    {
        await using var folder = GuardedFolder.Create();
        var process = Sleeper.Start(folder, "sleeper");
        await ChildHost.Until(() => File.Exists(folder.PidFile("sleeper")), Cancelled);

        await process.DisposeAsync();

        ChildHost.IsRunning(process.Id).ShouldBeFalse();
        File.Exists(folder.PidFile("sleeper")).ShouldBeFalse();
        await process.DisposeAsync();
    }

    [Fact]
    public async Task Start_FolderNotInTheArguments_IsRefused()
    {
        await using var folder = GuardedFolder.Create();

        Should.Throw<ArgumentException>(() => ServerProcess.Start(folder, "stranger", "/bin/sleep", ["600"])).Message.ShouldContain(folder.Path);
    }

    [Fact]
    public async Task Start_AfterTheGuardHasBegun_EndsAtOnce()
    {
        await using var folder = GuardedFolder.Create();
        await File.WriteAllTextAsync(folder["ended"], "", Cancelled);

        await using var process = Sleeper.Start(folder, "late");

        await process.Exited.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancelled);
        process.LogTail().ShouldBeEmpty();
    }

    [Fact]
    public async Task Log_OfAChatterbox_StaysBoundedAndKeepsTheEnd()
    {
        await using var folder = GuardedFolder.Create();
        var process = ServerProcess.Start(
            folder, "chatterbox", "/bin/sh", ["-c", "i=0; while [ $i -lt 300 ]; do printf '%0100000d\\n' $i; i=$((i+1)); done; echo last words", "chatterbox", folder["x"]]);

        await process.Exited.WaitAsync(TimeSpan.FromSeconds(120), TimeProvider.System, Cancelled);

        Directory.GetFiles(folder.Path, "chatterbox.log*").Sum(file => new FileInfo(file).Length).ShouldBeLessThanOrEqualTo(8 * 1024 * 1024);
        process.LogTail(1).ShouldBe("last words");
        await process.DisposeAsync();
    }
}
