using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Mesh;

/// <summary>What a <see cref="Backend"/> is told.</summary>
public sealed class BackendOptions
{
    /// <summary>Who it is.</summary>
    public required BackendIdentity Identity { get; init; }

    /// <summary>What it speaks. Default: HTTP/1.1 in clear text.</summary>
    public BackendProtocols Protocols { get; init; }

    /// <summary>Its certificate with key. Required with <see cref="BackendProtocols.Tls"/>, else ignored.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>
    /// What it answers, after the headers that say who served. Default: a gRPC call is answered with the message it brought, anything else with
    /// a small JSON object of the identity.
    /// </summary>
    public RequestDelegate? Handler { get; init; }

    /// <summary>Its clock, for <see cref="BackendFaults.Latency"/>. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The seed of <see cref="BackendFaults.ErrorRate"/>. Default: 0.</summary>
    public int Seed { get; init; }
}
