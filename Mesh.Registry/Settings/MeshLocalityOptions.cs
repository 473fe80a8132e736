namespace Mesh;

/// <summary>
/// Where the process runs. What is not set comes from the environment (<c>MESH_CLUSTER</c>, <c>MESH_REGION</c>, <c>MESH_ZONE</c>, <c>MESH_NODE</c>), then zone and region from
/// the own Node, and the namespace from the service account's file.
/// </summary>
public sealed class MeshLocalityOptions
{
    /// <summary>The own cluster, a DNS label. Default: none; never guessed.</summary>
    public string? Cluster { get; set; }

    /// <summary>The own region. Default: none.</summary>
    public string? Region { get; set; }

    /// <summary>The own zone. Default: none.</summary>
    public string? Zone { get; set; }

    /// <summary>The own node. Default: none.</summary>
    public string? Node { get; set; }

    /// <summary>The own namespace, a DNS label: what bare host names mean. Default: none.</summary>
    public string? Namespace { get; set; }

    /// <summary>The network the process is in, where its own cluster does not say. Default: none.</summary>
    public string? Network { get; set; }
}
