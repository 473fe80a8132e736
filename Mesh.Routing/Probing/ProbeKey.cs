namespace Mesh.Probing;

/// <summary>Who is probed: an endpoint of one service, or the address of a gateway for all services that are reached through it.</summary>
internal readonly record struct ProbeKey(EndpointState? Endpoint, ClusterId Cluster, EndpointAddress Address, int Port)
{
    public static ProbeKey Of(EndpointState endpoint) =>
        endpoint.Reach == Reach.Gateway ? new(null, endpoint.Cluster, endpoint.Address, endpoint.Port) : new(endpoint, default, default, 0);
}
