using System.Net;
using Mesh.Backends;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh;

/// <summary>
/// One pod of a service: a Kestrel server on a loopback port of its own, whose answers say who served. A server costs about a
/// millisecond, so a world may have hundreds.
/// </summary>
public sealed class Backend : IAsyncDisposable
{
    private readonly KestrelServer _server;
    private readonly BackendConnections _connections;
    private readonly BackendApplication _application;
    private int _ended;

    private Backend(KestrelServer server, BackendConnections connections, BackendApplication application)
    {
        _server = server;
        _connections = connections;
        _application = application;
        EndPoint = BackendServer.EndPointOf(server);
    }

    /// <summary>Who it is.</summary>
    public BackendIdentity Identity => _application.Options.Identity;

    /// <summary>What it speaks.</summary>
    public BackendProtocols Protocols => _application.Options.Protocols;

    /// <summary>Where it really listens: loopback and a port that the system chose.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>What goes wrong in it.</summary>
    public BackendFaults Faults => _application.Faults;

    /// <summary>How many requests it has answered so far, errors that it was told to answer included.</summary>
    public long Served => _application.Served;

    /// <summary>How many requests have arrived so far, answered or not.</summary>
    public long Arrived => _application.Arrived;

    /// <summary>How many requests are in it now.</summary>
    public int InFlight => _application.InFlight;

    /// <summary>How many connections are open to it now.</summary>
    public int Connections => _connections.Count;

    /// <summary>Whether it was killed or disposed.</summary>
    public bool IsEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Starts one.</summary>
    /// <exception cref="ArgumentException">TLS without a certificate.</exception>
    public static async Task<Backend> StartAsync(BackendOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options is { Protocols: BackendProtocols.Tls, Certificate: null })
            throw new ArgumentException($"Backend {options.Identity.Pod} speaks TLS and has no certificate: set {nameof(BackendOptions.Certificate)}.", nameof(options));

        var connections = new BackendConnections();
        var application = new BackendApplication(options);
        var server = BackendServer.Create(options, connections);
        try
        {
            await server.StartAsync(application, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            server.Dispose();
            throw;
        }

        return new Backend(server, connections, application);
    }

    /// <summary>Ends it as a crash does: its connections are reset, with the requests in them, and its port refuses.</summary>
    public async Task KillAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        // A stop whose time is already over waits for nobody.
        var stopping = _server.StopAsync(new CancellationToken(canceled: true));
        _connections.Reset();
        await stopping.ConfigureAwait(false);
        _server.Dispose();
    }

    /// <summary>
    /// Ends it as a good pod does: it takes no new connections, answers what is in it, tells its clients to go (<c>Connection: close</c>, GOAWAY), and then
    /// closes. What is not done when <paramref name="cancellationToken"/> is cancelled is reset.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        await _server.StopAsync(cancellationToken).ConfigureAwait(false);
        _server.Dispose();
    }

    /// <summary>Kills it.</summary>
    public async ValueTask DisposeAsync() => await KillAsync().ConfigureAwait(false);
}
