namespace Mesh.Decoding;

/// <summary>What a Service is (<c>spec.type</c>); how it is reached from outside its cluster does not matter here.</summary>
internal enum ServiceKind
{
    /// <summary>It has endpoints of its own: ClusterIP, NodePort, LoadBalancer, and types to come.</summary>
    Endpoints,

    /// <summary>It is another host's name.</summary>
    ExternalName,
}
