using Mesh.Transport;

namespace Mesh.Gateways;

/// <summary>What makes two services share connections to a gateway.</summary>
/// <param name="Cluster">The cluster whose gateway it is.</param>
/// <param name="Address">Where it is dialled.</param>
/// <param name="Port">The port to dial.</param>
/// <param name="Settings">What of a client's settings matters to gateways.</param>
internal readonly record struct GatewayKey(ClusterId Cluster, EndpointAddress Address, int Port, TransportSettings Settings);
