using Mesh.Files;

namespace Mesh;

/// <summary>
/// A source that reads a JSON file (docs/catalog-file.md) and follows it while running. A file that is missing or wrong leaves the last good state in
/// force; the failure names file, line and field.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="timeProvider">The clock of the look-outs for changes; the system's by default.</param>
public sealed class FileCatalogSource(string path, TimeProvider? timeProvider = null) : ICatalogSource
{
    // A ConfigMap changes by a swap of symbolic links, which file watchers miss on some systems: so the file is looked at, which costs a stat a second.
    private static readonly TimeSpan LookOut = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;
    private readonly string _path = Path.GetFullPath(path);

    /// <inheritdoc/>
    public string Name => $"file/{Path.GetFileName(_path)}";

    /// <inheritdoc/>
    public async Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        using var timer = new PeriodicTimer(LookOut, _timeProvider);
        var published = new HashSet<ClusterId>();
        byte[]? last = null;
        (DateTime, long)? seen = null;
        do
        {
            try
            {
                var file = new FileInfo(File.ResolveLinkTarget(_path, returnFinalTarget: true)?.FullName ?? _path);
                var now = file.Exists ? (file.LastWriteTimeUtc, file.Length) : throw new FileNotFoundException();
                if (now == seen)
                {
                    continue;
                }

                var json = await File.ReadAllBytesAsync(file.FullName, cancellationToken).ConfigureAwait(false);
                seen = now;
                if (last is not null && json.AsSpan().SequenceEqual(last))
                {
                    continue;
                }

                last = json;
                Publish(CatalogFileReader.Read(_path, json, _timeProvider.GetUtcNow()), published, sink);
                sink.ReportFailure(null);
                sink.MarkSynced();
            }
            catch (CatalogFileException e)
            {
                sink.ReportFailure(e.Message + (published.Count > 0 ? $"{Environment.NewLine}The last good state of the file stays in force." : ""));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                seen = null;
                last = null;
                sink.ReportFailure(e is FileNotFoundException or DirectoryNotFoundException
                    ? $"{_path} does not exist; it is taken up when it appears."
                    : $"{_path} cannot be read: {e.Message} It is tried again every second.");
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private static void Publish(CatalogFileContent content, HashSet<ClusterId> published, ICatalogSink sink)
    {
        foreach (var (id, cluster) in content.Clusters)
        {
            sink.SetCluster(cluster);
            sink.Reset(id, content.Services.GetValueOrDefault(id) ?? []);
            published.Add(id);
        }

        foreach (var gone in published.Where(id => !content.Clusters.ContainsKey(id)).ToList())
        {
            sink.RemoveCluster(gone);
            published.Remove(gone);
        }
    }
}
