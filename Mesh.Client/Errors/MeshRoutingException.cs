using System.Net;

namespace Mesh;

/// <summary>
/// A request to a service of the mesh got no answer. The message names the service, its clusters and how fresh their state is, and what to do. Its inner exceptions say what the
/// last try met; where a connection could not be made a <see cref="System.Net.Sockets.SocketException"/> is among them, so that gRPC reports <c>Unavailable</c>.
/// </summary>
public sealed class MeshRoutingException : HttpRequestException
{
    internal MeshRoutingException(ServiceName service, PickStatus? status, HttpRequestError error, string message, Exception? inner, HttpStatusCode? statusCode = null)
        : base(error, message, inner, statusCode)
    {
        Service = service;
        PickStatus = status;
    }

    /// <summary>The service.</summary>
    public ServiceName Service { get; }

    /// <summary>Why no endpoint could be picked; <see langword="null"/> where endpoints were tried and failed.</summary>
    public PickStatus? PickStatus { get; }
}
