using System.Diagnostics;
using System.Globalization;
using Mesh.Catalog;

namespace Mesh.State;

/// <summary>Two processes that keep the state of one cluster in one folder.</summary>
public sealed class SharedFolderTests
{
    private const string FolderVariable = "MESH_STATE_FOLDER";
    private const int Rounds = 60;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task TwoProcesses_WriteOneFile_EveryReaderFindsOneWholeStateAndTheLastOneStays()
    {
        var folder = Directory.CreateTempSubdirectory("mesh-state-").FullName;
        var file = new StateFile(folder, "source", TestCatalog.Alpha);
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, typeof(SharedFolderTests).Assembly.GetName().Name!)) { RedirectStandardOutput = true };
        foreach (var argument in (string[])["--filter-method", $"{typeof(SharedFolderTests).FullName}.{nameof(OtherProcess_Writes)}", "--explicit", "only", "--results-directory", Path.Combine(folder, "results")])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[FolderVariable] = folder;
        using var other = Process.Start(start)!;
        var output = other.StandardOutput.ReadToEndAsync(Token);
        HashSet<string> writers = [];
        for (var round = 0; !other.HasExited || round < Rounds; round++)
        {
            file.Save(State("parent", round)).ShouldBeTrue();
            for (var read = 0; read < 3; read++)
            {
                writers.Add(WriterOf(file.Load().ShouldNotBeNull()));
            }
        }

        other.ExitCode.ShouldBe(0, await output);
        writers.ShouldBe(["parent", "child"], ignoreOrder: true);
        file.Save(State("last", 0)).ShouldBeTrue();
        WriterOf(file.Load()!).ShouldBe("last");
        Directory.GetFiles(folder).ShouldBe([file.Path], "nothing is left beside it");
        Directory.Delete(folder, recursive: true);
    }

    [Fact(Explicit = true)]
    public void OtherProcess_Writes()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(folder is null, "Runs in a child process of another test only.");
        var file = new StateFile(folder!, "source", TestCatalog.Alpha);
        for (var round = 0; round < Rounds; round++)
        {
            file.Save(State("child", round)).ShouldBeTrue();
            WriterOf(file.Load().ShouldNotBeNull());
        }
    }

    // Each of one writer's files is of another length, and says in every service who wrote it.
    private static KeptState State(string writer, int round) =>
        new("source", TestCatalog.Alpha, writer, DateTimeOffset.UnixEpoch.AddSeconds(round))
        {
            Services = [.. Enumerable.Range(0, 200 + (round % 7 * 100)).Select(i => TestCatalog.Service(new ServiceName(writer, string.Create(CultureInfo.InvariantCulture, $"s{i}")), "10.0.0.1"))],
        };

    private static string WriterOf(KeptState state)
    {
        state.Services.ShouldAllBe(s => s.Service.Namespace == state.Scope);
        return state.Scope;
    }
}
