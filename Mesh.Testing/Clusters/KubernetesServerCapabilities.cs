namespace Mesh;

/// <summary>What a server under test can do beyond list, watch and write.</summary>
[Flags]
public enum KubernetesServerCapabilities
{
    /// <summary>Only the common ground.</summary>
    None = 0,

    /// <summary>A controller manager makes EndpointSlices from Services and Pods.</summary>
    EndpointSliceController = 1,

    /// <summary>Requests are authorised by RBAC objects.</summary>
    Rbac = 2,

    /// <summary>A watch may begin with the present state (<c>sendInitialEvents</c>).</summary>
    WatchList = 4,

    /// <summary>Faults can be injected by hooks (429, 410, compaction, bookmark now).</summary>
    FaultHooks = 8,
}
