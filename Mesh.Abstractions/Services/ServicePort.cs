namespace Mesh;

/// <summary>A port of a service: what a caller's URL is matched against.</summary>
/// <param name="Name">The port's name; empty where it has none. Endpoints' ports are matched by it.</param>
/// <param name="Port">The service's port number, 1 to 65535: what a caller writes, not what is dialled.</param>
/// <param name="Protocol">The transport protocol.</param>
/// <param name="AppProtocol">The application protocol (<c>http</c>, <c>kubernetes.io/h2c</c>, <c>grpc</c> …), or <see langword="null"/>.</param>
public sealed record ServicePort(string Name, int Port, TransportProtocol Protocol = TransportProtocol.Tcp, string? AppProtocol = null);
