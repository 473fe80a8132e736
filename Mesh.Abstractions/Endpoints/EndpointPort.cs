namespace Mesh;

/// <summary>A port of an endpoint, matched to the service's port by name (EndpointSlice <c>ports</c>).</summary>
/// <param name="Name">The port's name; empty where the service has one unnamed port.</param>
/// <param name="Port">The number to dial, 1 to 65535.</param>
/// <param name="Protocol">The transport protocol.</param>
/// <param name="AppProtocol">The application protocol (<c>http</c>, <c>kubernetes.io/h2c</c>, <c>grpc</c> …), or <see langword="null"/>.</param>
public sealed record EndpointPort(string Name, int Port, TransportProtocol Protocol = TransportProtocol.Tcp, string? AppProtocol = null);
