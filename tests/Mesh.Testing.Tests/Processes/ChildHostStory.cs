namespace Mesh.Processes;

/// <summary>What a <see cref="ChildHost"/> does; not a test by itself.</summary>
public sealed class ChildHostStory
{
    internal const string ReportVariable = "MESH_CHILD_REPORT";
    internal const string VersionVariable = "MESH_CHILD_VERSION";
    internal const string K3s = "k3s";

    [Fact(Explicit = true)]
    public async Task StartsServersReportsThemAndWaitsForItsEnd()
    {
        var report = Environment.GetEnvironmentVariable(ReportVariable);
        Assert.SkipWhen(report is null, "Runs in a child process of another test only.");
        var version = Environment.GetEnvironmentVariable(VersionVariable);
        string folder;
        int guard;
        IEnumerable<int> processes;
        if (string.IsNullOrEmpty(version))
        {
            var guarded = GuardedFolder.Create();
            var sleeper = Sleeper.Start(guarded, "sleeper");
            (folder, guard, processes) = (guarded.Path, guarded.GuardId, [sleeper.Id]);
        }
        else if (version == K3s)
        {
            var server = await new K3sClusterProvider().StartAsync("alpha", TestContext.Current.CancellationToken);
            (folder, guard, processes) = (server.ContainerName, 0, []);
        }
        else
        {
            var server = await RealClusterProvider.ForVersion(version).StartAsync("alpha", TestContext.Current.CancellationToken);
            (folder, guard, processes) = (server.Folder, server.GuardId, server.Processes.Values);
        }

        await File.WriteAllLinesAsync(report + ".new", processes.Prepend(guard).Select(id => id.ToString(provider: null)).Prepend(folder), TestContext.Current.CancellationToken);
        File.Move(report + ".new", report!);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
