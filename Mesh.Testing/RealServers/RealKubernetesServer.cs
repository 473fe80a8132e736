using System.Globalization;
using Mesh.Processes;
using Mesh.RealServers;

namespace Mesh;

/// <summary>A real control plane on loopback, made by a <see cref="RealClusterProvider"/>. Thread-safe.</summary>
public sealed class RealKubernetesServer : IKubernetesServer
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly PortReservation _etcdPort = new();
    private readonly PortReservation _peerPort = new();
    private readonly PortReservation _port = new();
    private readonly string _cluster;
    private readonly KubernetesBinaries _binaries;
    private readonly RealClusterOptions _options;
    private readonly GuardedFolder _folder;
    private readonly ServerFiles _files;
    private ServerProcess? _etcd;
    private ServerProcess? _apiServer;
    private ServerProcess? _controllerManager;
    private int _backups;
    private bool _disposed;

    internal RealKubernetesServer(string cluster, KubernetesBinaries binaries, RealClusterOptions options)
    {
        (_cluster, _binaries, _options) = (cluster, binaries, options);
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{_port.Port}"));
        _folder = GuardedFolder.Create();
        _files = new ServerFiles(cluster, Address, _folder);
        _files.Write();
    }

    /// <inheritdoc/>
    public string Version => _binaries.Version.Text;

    /// <inheritdoc/>
    public Uri Address { get; }

    /// <summary>
    /// <inheritdoc/> Where no controller manager runs (no <see cref="KubernetesServerCapabilities.EndpointSliceController"/>)
    /// no ServiceAccounts are made either, and a Pod needs one.
    /// </summary>
    public KubernetesServerCapabilities Capabilities { get; private set; } = KubernetesServerCapabilities.Rbac;

    /// <summary>
    /// The audit log, one JSON event per line, removed on dispose; <see langword="null"/> unless
    /// <see cref="RealClusterOptions.AuditLog"/> asked for it.
    /// </summary>
    public string? AuditLogPath => _options.AuditLog ? _files.AuditLogFile : null;

    internal string Folder => _folder.Path;

    internal int GuardId => _folder.GuardId;

    /// <summary>The numbers of the processes that run now, by name.</summary>
    internal IReadOnlyDictionary<string, int> Processes =>
        Running.Where(process => !process.Exited.IsCompleted).ToDictionary(process => process.Name, process => process.Id);

    private IEnumerable<ServerProcess> Running => new[] { _etcd, _apiServer, _controllerManager }.OfType<ServerProcess>();

    /// <inheritdoc/>
    public string GetKubeconfig(string identity = "admin")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(identity);
        return _files.Kubeconfig(identity);
    }

    /// <summary>
    /// <inheritdoc/> Where a controller manager runs it also waits for the ServiceAccount <c>default</c> of the namespace
    /// <c>default</c>. Does nothing when running.
    /// </summary>
    /// <exception cref="ServerStartException">A process ended, or was not ready in time; none of them is left running.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_apiServer is { Exited.IsCompleted: false }) return;
            await EndAsync().ConfigureAwait(false);
            try
            {
                await RunAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await EndAsync(withEtcd: true).ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Kills API server and controller manager, so that connections break as they do when a process dies; etcd keeps the
    /// objects. Does nothing when stopped.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await EndAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Copies what etcd holds, as a backup of the cluster, and leaves everything stopped.</summary>
    /// <returns>The backup, for <see cref="RestoreBackupAsync"/>; removed on dispose.</returns>
    public async Task<string> BackUpAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            await EndAsync(withEtcd: true).ConfigureAwait(false);
            var backup = _folder[string.Create(CultureInfo.InvariantCulture, $"backup-{++_backups}")];
            CopyFolder(_folder["etcd"], backup);
            return backup;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Puts a backup in the place of what etcd holds and leaves everything stopped: what came after it never was, and resource versions begin again where they were then.</summary>
    /// <param name="backup">From <see cref="BackUpAsync"/> of this server.</param>
    /// <param name="cancellationToken">Ends the wait for another call.</param>
    public async Task RestoreBackupAsync(string backup, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(backup);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            await EndAsync(withEtcd: true).ConfigureAwait(false);
            Directory.Delete(_folder["etcd"], recursive: true);
            CopyFolder(backup, _folder["etcd"]);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Makes etcd forget how its objects were before now, as it does by itself every five minutes. What the API server has in its own cache it goes on serving: a watch resumed
    /// from before is told 410 <c>Expired</c> at the latest after the next start.
    /// </summary>
    /// <exception cref="HttpRequestException">etcd does not run, or refuses.</exception>
    public async Task CompactAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            await EtcdCompaction.RunAsync(_etcdPort.Port, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Ends every process and removes the folder. Clients should be ended before, or they see a connection break.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_disposed) return;
            _disposed = true;
            await EndAsync(withEtcd: true).ConfigureAwait(false);
            await _folder.DisposeAsync().ConfigureAwait(false);
            _files.Dispose();
            _port.Dispose();
            _peerPort.Dispose();
            _etcdPort.Dispose();
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_etcd is not { Exited.IsCompleted: false })
        {
            if (_etcd is not null) await _etcd.DisposeAsync().ConfigureAwait(false);
            _etcd = ServerProcess.Start(_folder, "etcd", _binaries.Etcd, ServerCommands.Etcd(_folder, _etcdPort.Port, _peerPort.Port));
        }

        // It retries until etcd answers, so both start at once.
        _apiServer = ServerProcess.Start(
            _folder, "kube-apiserver", _binaries.ApiServer, ServerCommands.ApiServer(_folder, _files, _options, _etcdPort.Port, _port.Port));

        using var bound = new CancellationTokenSource(_options.StartTimeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        using var probe = new ServerProbe(Address, _files.Administrator, _files.Authority.Certificate);
        await UntilAsync("to answer /readyz", probe.UntilReadyAsync).ConfigureAwait(false);

        var capabilities = KubernetesServerCapabilities.Rbac;
        if (_options.ControllerManager && File.Exists(_binaries.ControllerManager))
        {
            _controllerManager = ServerProcess.Start(
                _folder, "kube-controller-manager", _binaries.ControllerManager, ServerCommands.ControllerManager(_files));
            await UntilAsync("to have the ServiceAccount 'default'", probe.UntilDefaultAccountAsync).ConfigureAwait(false);
            capabilities |= KubernetesServerCapabilities.EndpointSliceController;
        }

        var watchList = false;
        await UntilAsync("to answer a watch", async token => watchList = await probe.HasWatchListAsync(token).ConfigureAwait(false)).ConfigureAwait(false);
        Capabilities = watchList ? capabilities | KubernetesServerCapabilities.WatchList : capabilities;

        async Task UntilAsync(string what, Func<CancellationToken, Task> wait)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(either.Token);
            var waiting = wait(ended.Token);
            await Task.WhenAny(Running.Select(process => process.Exited).Append(waiting)).ConfigureAwait(false);
            if (Running.FirstOrDefault(process => process.Exited.IsCompleted) is { } dead)
            {
                await ended.CancelAsync().ConfigureAwait(false);
                await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new ServerStartException(Describe($"{dead.Name} ended while waiting for it {what}.", [dead]));
            }

            try
            {
                await waiting.ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new ServerStartException(Describe($"It took longer than {_options.StartTimeout} {what}; a loaded machine needs a longer StartTimeout.", [.. Running]), e);
            }
        }
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from)) CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private string Describe(string what, IReadOnlyList<ServerProcess> processes) =>
        $"The cluster '{_cluster}' ({Version}) did not start: {what}" + string.Concat(processes.Select(process =>
            $"\n\nThe command line of {process.Name}:\n{process.CommandLine}\nThe end of its log:\n{process.LogTail()}"));

    private async Task EndAsync(bool withEtcd = false)
    {
        await EndAsync(ref _controllerManager).ConfigureAwait(false);
        await EndAsync(ref _apiServer).ConfigureAwait(false);
        if (withEtcd) await EndAsync(ref _etcd).ConfigureAwait(false);
    }

    private static ValueTask EndAsync(ref ServerProcess? process) => Interlocked.Exchange(ref process, null)?.DisposeAsync() ?? ValueTask.CompletedTask;
}
