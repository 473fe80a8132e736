namespace Mesh.Endpoints;

/// <summary>What makes an endpoint of a service the same one as before.</summary>
internal readonly record struct EndpointKey(ClusterId Cluster, EndpointAddress Address, int Port, Guid TargetUid);
