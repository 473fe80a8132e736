using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Mesh.Backends;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Mesh.Gateways;

/// <summary>Kestrel as the wire between clusters wants it: HTTP/2 over mutual TLS, peers judged in the handshake.</summary>
internal static class GatewayServer
{
    public static KestrelServer Create(Func<X509Certificate2> certificate, GatewayPeers peers, BackendConnections connections) => BackendServer.Create(
        listen =>
        {
            listen.Use(next => connection => connections.RunAsync(connection, next));
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ServerCertificateSelector = (_, _) => certificate(),
                ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = (peer, _, _) => peers.Accepts(peer),
            });
        },
        tls: true);

    /// <summary>Where a started server really listens.</summary>
    public static IPEndPoint EndPointOf(KestrelServer server) => BackendServer.EndPointOf(server);
}
