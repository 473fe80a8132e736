using Mesh.Catalog;
using Microsoft.Extensions.Logging;

namespace Mesh.State;

/// <summary>
/// Remembers over a restart which namespaces were seen, so that a request of a process that has just started knows a service from a public domain before any source has
/// spoken. Whatever is wrong with the file is told and costs the memory only.
/// </summary>
internal sealed partial class NamespaceMemory : IDisposable
{
    private readonly Lock _gate = new();
    private readonly NamespaceFile _file;
    private readonly CellDirectory _cells;
    private readonly ILogger _logger;
    private readonly IDisposable _subscription;
    private int _saved;
    private volatile bool _saidUnwritable;

    public NamespaceMemory(string directory, CatalogCore core, ILogger logger)
    {
        (_file, _cells, _logger) = (new NamespaceFile(directory), core.Cells, logger);
        Load();
        _subscription = core.Notices.Subscribe(_ => Save());
    }

    /// <summary>Whether what was remembered could not be had at the start.</summary>
    public bool IsUnread { get; private set; }

    /// <summary>Whether what was seen cannot be remembered now.</summary>
    public bool IsUnwritten => _saidUnwritable;

    public void Dispose()
    {
        _subscription.Dispose();
        Save();
    }

    private void Load()
    {
        try
        {
            foreach (var name in _file.Load())
            {
                _cells.RememberNamespace(name);
            }

            _saved = _cells.Namespaces.Count;
        }
        catch (InvalidDataException e)
        {
            IsUnread = true;
            Log.Unusable(_logger, _file.Path, e.Message, SetAside());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            IsUnread = true;
            Log.Unreadable(_logger, _file.Path, e.Message);
        }
    }

    private string SetAside()
    {
        try
        {
            return $"is kept as {_file.SetAside()}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"could not be moved away ({e.Message})";
        }
    }

    // Namespaces are only ever added, so their number says whether there is something new.
    private void Save()
    {
        lock (_gate)
        {
            var namespaces = _cells.Namespaces;
            if (namespaces.Count == _saved)
            {
                return;
            }

            try
            {
                _file.Save(namespaces);
                _saved = namespaces.Count;
                if (_saidUnwritable)
                {
                    _saidUnwritable = false;
                    Log.Writable(_logger, _file.Path);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!_saidUnwritable)
                {
                    _saidUnwritable = true;
                    Log.Unwritable(_logger, _file.Path, e.Message);
                }
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1030, LogLevel.Warning, "The namespaces remembered in {Path} cannot be used: {Reason}. The file {Aside}; a new one is begun.")]
        public static partial void Unusable(ILogger logger, string path, string reason, string aside);

        [LoggerMessage(1031, LogLevel.Warning, "The namespaces remembered in {Path} cannot be read: {Reason} Until a source has spoken, hosts of namespaces that are not configured pass through.")]
        public static partial void Unreadable(ILogger logger, string path, string reason);

        [LoggerMessage(1032, LogLevel.Warning, "The namespaces seen cannot be remembered in {Path}: {Reason} Let this process write there, or leave Mesh:StateDirectory out.")]
        public static partial void Unwritable(ILogger logger, string path, string reason);

        [LoggerMessage(1039, LogLevel.Information, "The namespaces seen are remembered in {Path} again.")]
        public static partial void Writable(ILogger logger, string path);
    }
}
