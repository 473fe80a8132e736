using Mesh.Files;

namespace Mesh;

/// <summary>
/// A source that reads a JSON file (docs/catalog-file.md) and follows it while running: rewritten in place, replaced, or swapped behind a symbolic link, as Kubernetes
/// does for ConfigMaps. A file that is missing or wrong leaves the last good state in force; the failure names file, line, column and field.
/// </summary>
public sealed class FileCatalogSource : ICatalogSource
{
    // The watch tells of changes at once; this finds those of file systems that tell nothing (network mounts, some containers).
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    // A writer may need a moment from its first byte to its last.
    private static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(50);

    private readonly string _path;
    private readonly TimeProvider _timeProvider;

    // Outlives a run, as what a run brought stays in the catalog when the source is started again.
    private readonly HashSet<ClusterId> _brought = [];

    /// <summary>Makes a source of a file; nothing is read yet, and the file need not exist.</summary>
    /// <param name="path">The file; relative to the current directory.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    public FileCatalogSource(string path, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = Path.GetFullPath(path);
        _timeProvider = timeProvider ?? TimeProvider.System;
        Name = $"file:{path}";
    }

    /// <summary><c>file:</c> and the path as it was given.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        using var watch = new FileWatch(_path, PollInterval, _timeProvider);
        var loader = new CatalogFileLoader(_path, _timeProvider);
        while (true)
        {
            var load = loader.Load();
            if (load.IsNewFault)
            {
                // It may be half written: one more look before it is called faulty.
                await Task.Delay(SettleTime, _timeProvider, cancellationToken).ConfigureAwait(false);
                load = loader.Load();
            }

            Bring(sink, load);
            await watch.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Bring(ICatalogSink sink, CatalogFileLoad load)
    {
        if (load.Error is { } error)
        {
            sink.ReportFailure(error);
            return;
        }

        if (load.Content is not { } content)
        {
            return;
        }

        foreach (var cluster in content.Clusters)
        {
            _brought.Add(cluster.Cluster);
            sink.SetCluster(cluster);
            sink.Reset(cluster.Cluster, content.ServicesOf(cluster.Cluster));
        }

        foreach (var gone in _brought.Except(content.Clusters.Select(static c => c.Cluster)).ToList())
        {
            sink.RemoveCluster(gone);
            _brought.Remove(gone);
        }

        sink.ReportFailure(null);
        sink.MarkSynced();
    }
}
