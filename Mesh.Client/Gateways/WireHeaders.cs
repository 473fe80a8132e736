namespace Mesh.Gateways;

/// <summary>The headers of a request from cluster to cluster; docs/gateways.md describes them.</summary>
internal static class WireHeaders
{
    /// <summary>What all of them begin with: nobody but the mesh sends one.</summary>
    public const string Prefix = "mesh-";

    /// <summary>The path of a gateway's own health, asked by its own authority in a request that names no service: 200 while it takes requests.</summary>
    public const string HealthPath = "/ready";

    /// <summary>The service that is meant: <c>orders.sales:80</c>.</summary>
    public const string Service = "mesh-service";

    /// <summary>Where the request comes from: <c>eu/eu-1/alpha</c>.</summary>
    public const string From = "mesh-from";

    /// <summary>How many gateways and proxies it has passed, this one counted.</summary>
    public const string Hops = "mesh-hops";

    /// <summary>How many milliseconds the caller waits still.</summary>
    public const string Deadline = "mesh-deadline";

    /// <summary>The authority that the caller wrote: what the backend sees as its host.</summary>
    public const string Authority = "mesh-authority";

    /// <summary>The scheme that the caller wrote: <c>https</c> where the backend speaks TLS.</summary>
    public const string Scheme = "mesh-scheme";

    /// <summary>On a failure, whose it is: <see cref="OfGateway"/> or <see cref="OfUpstream"/>.</summary>
    public const string Origin = "mesh-origin";

    /// <summary>The gateway's own.</summary>
    public const string OfGateway = "gateway";

    /// <summary>That of what is behind the gateway.</summary>
    public const string OfUpstream = "upstream";
}
