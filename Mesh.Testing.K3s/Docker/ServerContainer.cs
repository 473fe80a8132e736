using System.Net;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Images;
using Mesh.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Testcontainers.K3s;

namespace Mesh.Docker;

/// <summary>One container with <c>k3s server</c> in it, which is gone after <see cref="DisposeAsync"/>, and after the end of this process at the latest.</summary>
internal sealed class ServerContainer : IAsyncDisposable
{
    private const string Cgroups = "/sys/fs/cgroup";
    private const int LogLines = 25;
    private static readonly TimeSpan LogBound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BeginBound = TimeSpan.FromSeconds(30);

    // No kubelet renews the leases of nodes that a fixture writes: with that controller their pods turn unready within a minute.
    private const string Controllers = "--kube-controller-manager-arg=controllers=*,-node-lifecycle-controller";

    private readonly DockerEndpoint _docker;
    private readonly K3sClusterOptions _options;
    private readonly string _cluster;
    private readonly GuardedFolder? _folder;
    private readonly K3sContainer _container;
    private readonly string[] _arguments;
    private readonly TaskCompletionSource _runs = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServerContainer(string cluster, DockerEndpoint docker, K3sClusterOptions options)
    {
        (_cluster, _docker, _options) = (cluster, docker, options);
        Name = $"mesh-k3s-{Guid.NewGuid():N}";

        // After the module's own: server --disable=traefik.
        _arguments = options.Agent
            ? [Controllers, .. options.Arguments]
            : ["--disable-agent", "--disable-cloud-controller", "--disable=coredns,local-storage,metrics-server,servicelb", Controllers, .. options.Arguments];
        if (!OperatingSystem.IsWindows())
        {
            _folder = GuardedFolder.Create();
            File.WriteAllText(_folder.EndScript(Name), RemovalScript());
        }

        _container = new K3sBuilder(options.Image)
            .WithDockerEndpoint(docker.Configuration)
            .WithImagePullPolicy(options.PullMissingImage ? PullPolicy.Missing : PullPolicy.Never)
            .WithName(Name)
            .WithLabel("mesh.testing.cluster", cluster)
            .WithCleanUp(_folder is null)
            .WithLogger(NullLogger.Instance)
            .WithCommand(_arguments)
            .WithCreateParameterModifier(Shape)
            .WithStartupCallback((_, _) =>
            {
                _runs.TrySetResult();
                return Task.CompletedTask;
            })
            .Build();
    }

    public string Name { get; }

    /// <summary>Where its API server is reached, once it runs.</summary>
    public async Task<IPEndPoint> EndPointAsync(CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(_container.Hostname, System.Net.Sockets.AddressFamily.InterNetwork, cancellationToken).ConfigureAwait(false);
        return new IPEndPoint(addresses[0], _container.GetMappedPublicPort(K3sBuilder.KubeSecurePort));
    }

    /// <summary>A file in it; <see langword="null"/> while there is none.</summary>
    public async Task<byte[]?> TryReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await _container.ReadFileAsync(path, cancellationToken).ConfigureAwait(false) is { Length: > 0 } content ? content : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public Task WriteAsync(string path, byte[] content, CancellationToken cancellationToken) => _container.CopyAsync(content, path, ct: cancellationToken);

    /// <summary>Starts it and connects to what runs in it.</summary>
    /// <exception cref="ServerStartException">It ended, or was not ready in time.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> connect, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(_options.StartTimeout, TimeProvider.System);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);

        // Docker ends a creation that its client has broken off, and the container would be there when all had been removed: it is waited for, within bounds.
        using var begun = new CancellationTokenSource();
        await using var late = over.Token.Register(() => begun.CancelAfter(BeginBound)).ConfigureAwait(false);
        var starting = _container.StartAsync(begun.Token);
        Task<T>? connecting = null;
        try
        {
            // The module goes on to wait for a line of flannel's, which a server without agent never writes. Its wait is good for one thing: it fails when the container ends.
            if (await Task.WhenAny(_runs.Task, starting).ConfigureAwait(false) == starting) await starting.ConfigureAwait(false);
            connecting = connect(over.Token);
            if (await Task.WhenAny(connecting, starting).ConfigureAwait(false) == starting) await starting.ConfigureAwait(false);
            return await connecting.ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e)
        {
            // Whoever talks with what runs in it may learn of its end first, and does not know it for one.
            var what = bound.IsCancellationRequested ? $"It was not ready within {_options.StartTimeout}; a loaded machine needs a longer StartTimeout."
                : await _docker.HowEndedAsync(Name).ConfigureAwait(false) is { } end ? $"{end}: {e.Message}"
                : e.Message;
            throw new ServerStartException(await DescribeAsync(what).ConfigureAwait(false), e);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await begun.CancelAsync().ConfigureAwait(false);
            await starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (connecting is not null) await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _docker.RemoveAsync(Name).ConfigureAwait(false);
        if (_folder is not null)
        {
            File.Delete(_folder.EndScript(Name));
            await _folder.DisposeAsync().ConfigureAwait(false);
        }

        await _container.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What went wrong, with what helps to find out why.</summary>
    public async Task<string> DescribeAsync(string what)
    {
        var kind = _options.Agent ? "privileged" : "unprivileged";
        return $"The cluster '{_cluster}' did not start: {what}\n\nIts container: {_options.Image} at {_docker.Address}, {kind}, with the arguments server --disable=traefik "
            + $"{string.Join(' ', _arguments)}\nThe end of its log:\n{await LogTailAsync().ConfigureAwait(false)}";
    }

    private async Task<string> LogTailAsync()
    {
        using var bound = new CancellationTokenSource(LogBound, TimeProvider.System);
        try
        {
            var (output, errors) = await _container.GetLogsAsync(timestampsEnabled: false, ct: bound.Token).ConfigureAwait(false);
            return string.Join('\n', (output + errors).Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(LogLines));
        }
        catch (Exception e)
        {
            // Nothing that the log's absence has to say is worth hiding why there was no start.
            return $"(none: {e.Message})";
        }
    }

    private void Shape(CreateContainerParameters parameters)
    {
        var host = parameters.HostConfig!;
        if (!_options.Agent)
        {
            // WithPrivileged(false) does not take back what the module set.
            host.Privileged = false;
            host.Mounts = [.. host.Mounts!.Where(mount => mount.Target != Cgroups)];
        }

        if (!_docker.IsLocal) return;
        foreach (var binding in host.PortBindings!.Values.SelectMany(bindings => bindings)) binding.HostIP = IPAddress.Loopback.ToString();
    }

    // A creation that was under way when this process was killed may end after the first removal.
    private string RemovalScript()
    {
        var curl = _docker.Address.Scheme == "unix"
            ? $" || curl --silent --unix-socket {Quoted(_docker.Address.AbsolutePath)} -X DELETE 'http://docker/containers/{Name}?force=1&v=1'"
            : "";
        return $"""
            for attempt in 1 2 3; do
              docker --host {Quoted(_docker.Address.OriginalString)} rm --force --volumes {Name}{curl}
              sleep 1
            done

            """;
    }

    private static string Quoted(string text) => $"'{text.Replace("'", """'\''""", StringComparison.Ordinal)}'";
}
