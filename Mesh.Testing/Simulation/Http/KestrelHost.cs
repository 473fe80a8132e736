using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Simulation;

/// <summary>
/// The listening side: TLS on a loopback port that is chosen once and kept while stopped, so that nobody else is given it. A stop resets every
/// connection.
/// </summary>
internal sealed class KestrelHost(ServerCertificates certificates, RequestDelegate handler, int wantedPort) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, bool> _connections = [];
    private WebApplication? _application;
    private Socket? _reservation;

    public int Port { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_application is not null) return;
        _reservation?.Dispose();
        _reservation = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        var application = builder.Build();
        application.Run(handler);
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        Port = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        _application = application;
    }

    public async Task StopAsync(bool keepPort)
    {
        if (_application is not { } application) return;
        _application = null;
        using var now = new CancellationTokenSource();
        // First refuse, then reset: a client that comes back at once must not get in.
        var stopping = application.StopAsync(now.Token);
        Reset();
        await now.CancelAsync().ConfigureAwait(false);
        await stopping.ConfigureAwait(false);
        await application.DisposeAsync().ConfigureAwait(false);
        if (keepPort) Reserve();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(keepPort: false).ConfigureAwait(false);
        _reservation?.Dispose();
    }

    private void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Listen(IPAddress.Loopback, Port == 0 ? wantedPort : Port, listen =>
        {
            listen.Use(TrackAsync);
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificateSelector = (_, _) => certificates.Current,
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                // Judged with the request, which can be answered 401; a failed handshake says nothing.
                ClientCertificateValidation = static (certificate, _, _) => certificate is not null,
            });
        });
    }

    private async Task TrackAsync(ConnectionContext connection, Func<Task> next)
    {
        var socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (socket is not null) _connections[socket] = true;
        try
        {
            await next().ConfigureAwait(false);
        }
        finally
        {
            if (socket is not null) _connections.TryRemove(socket, out _);
        }
    }

    private void Reset()
    {
        foreach (var (socket, _) in _connections)
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
            }
            catch (Exception gone) when (gone is ObjectDisposedException or SocketException)
            {
                // It closed by itself in the meantime.
            }
        }
    }

    private void Reserve()
    {
        // Bound and not listening: connections are refused, and the port is not given to anybody else.
        var reservation = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reservation.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        reservation.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        _reservation = reservation;
    }
}
