using Mesh.Catalog;

namespace Mesh.State;

/// <summary>A source whose state is kept: takes up what there is when it runs, and is moved by hand from then on.</summary>
internal sealed class KeepingSource(string scope = "", string name = "keeper") : ICatalogSource
{
    private readonly TaskCompletionSource<ICatalogSink> _sink = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => name;

    public SavedClusterState? Saved { get; private set; }

    public ICatalogSink Sink => _sink.Task.IsCompleted ? _sink.Task.Result : throw new InvalidOperationException($"{name} does not run.");

    /// <summary>A running catalog of one such source, when it has taken up what there is.</summary>
    public static async Task<TestCatalog> StartAsync(KeepingSource source, string folder, TimeSpan? maxAge = null, DateTimeOffset? now = null)
    {
        var options = new MeshCatalogOptions { Seed = 1, StateDirectory = folder };
        if (maxAge is { } age)
        {
            options.MaxCachedAge = age;
        }

        var test = TestCatalog.Of(options, source);
        if (now is { } time)
        {
            test.Clock.SetUtcNow(time);
        }

        await test.Catalog.StartAsync(TestContext.Current.CancellationToken);
        await source._sink.Task.WaitAsync(TestContext.Current.CancellationToken);
        return test;
    }

    public async Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken)
    {
        var cluster = new ClusterSnapshot(TestCatalog.Alpha);
        Saved = sink.Restore(cluster, scope);
        if (Saved is null)
        {
            sink.SetCluster(cluster);
        }

        _sink.SetResult(sink);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    /// <summary>Becomes live with these services.</summary>
    public void Deliver(params ServiceContribution[] services)
    {
        Sink.SetCluster(TestCatalog.Live(TestCatalog.Alpha) with { Uid = "uid-1" });
        Sink.Reset(TestCatalog.Alpha, services);
        Sink.MarkSynced();
    }
}
