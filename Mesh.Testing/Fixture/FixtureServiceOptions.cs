using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Mesh;

/// <summary>How a service of a <see cref="MeshFixture"/> is made.</summary>
public sealed class FixtureServiceOptions
{
    private int? _port;

    /// <summary>What its pods speak. Default: HTTP/1.1 in clear text.</summary>
    public BackendProtocols Protocols { get; set; }

    /// <summary>The Service's port number. Default: 443 with TLS, else 80.</summary>
    public int Port
    {
        get => _port ?? (Protocols == BackendProtocols.Tls ? 443 : 80);
        set => _port = value;
    }

    /// <summary>The port of its pods. Default: 8080.</summary>
    public int TargetPort { get; set; } = 8080;

    /// <summary>The certificate of its pods. Required with TLS.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>What its pods answer, after the headers that say who served. Default: see <see cref="BackendOptions.Handler"/>.</summary>
    public RequestDelegate? Handler { get; set; }

    /// <summary>The Service's <c>spec.trafficDistribution</c>. Default: none.</summary>
    public string? TrafficDistribution { get; set; }

    internal string PortName => Protocols == BackendProtocols.Tls ? "https" : "http";

    internal string? AppProtocol => Protocols == BackendProtocols.Http2 ? "kubernetes.io/h2c" : null;
}
