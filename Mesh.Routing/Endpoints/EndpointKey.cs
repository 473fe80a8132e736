namespace Mesh.Endpoints;

/// <summary>What makes an endpoint of a service the same one as before.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Port">The port to dial.</param>
/// <param name="TargetUid">What is behind the address, or empty.</param>
/// <param name="ServicePort">Of a gateway the number of the service's port that is meant, since all of them are dialled alike; else 0.</param>
internal readonly record struct EndpointKey(ClusterId Cluster, EndpointAddress Address, int Port, Guid TargetUid, int ServicePort = 0);
