namespace Mesh;

/// <summary>Who said what a policy's field holds, nearest first.</summary>
public enum PolicyOrigin
{
    /// <summary>Nobody: the mesh default.</summary>
    MeshDefault,

    /// <summary>The configured policy of all services (<c>Mesh:Policy</c>).</summary>
    Configuration,

    /// <summary>The source that brought the service.</summary>
    Source,

    /// <summary>The configured policy of the service (<c>Mesh:Services</c>).</summary>
    Service,

    /// <summary>The client (<c>ConfigureMeshRouting</c>).</summary>
    Client,
}
