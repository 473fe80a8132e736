using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using FrameworkOptions = Microsoft.Extensions.Options.Options;

namespace Mesh.Backends;

/// <summary>Kestrel without a host around it: half a millisecond each instead of tens.</summary>
internal static class BackendServer
{
    // Kestrel finds its TLS parts through a service provider; one serves all.
    private static readonly Lazy<IServiceProvider> TlsServices = new(static () =>
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        return builder.Build().Services;
    });

    public static KestrelServer Create(BackendOptions backend, BackendConnections connections) => Create(
        listen =>
        {
            listen.Use(next => connection => connections.RunAsync(connection, next));
            listen.Protocols = backend.Protocols switch
            {
                BackendProtocols.Http1 => HttpProtocols.Http1,
                BackendProtocols.Http2 => HttpProtocols.Http2,
                _ => HttpProtocols.Http1AndHttp2,
            };
            if (backend.Protocols == BackendProtocols.Tls) listen.UseHttps(backend.Certificate!);
        },
        tls: backend.Protocols == BackendProtocols.Tls);

    /// <summary>A server with one listener on a loopback port of its own.</summary>
    public static KestrelServer Create(Action<ListenOptions> configure, bool tls)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        if (tls) options.ApplicationServices = TlsServices.Value;
        options.Listen(IPAddress.Loopback, 0, configure);
        var sockets = new SocketTransportFactory(FrameworkOptions.Create(new SocketTransportOptions { IOQueueCount = 1 }), NullLoggerFactory.Instance);
        return new KestrelServer(FrameworkOptions.Create(options), sockets, NullLoggerFactory.Instance);
    }

    /// <summary>Where a started server really listens.</summary>
    public static IPEndPoint EndPointOf(KestrelServer server)
    {
        var address = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
    }
}
