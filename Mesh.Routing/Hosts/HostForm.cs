namespace Mesh.Hosts;

/// <summary>How a host is written.</summary>
internal enum HostForm
{
    /// <summary>Not as a service is.</summary>
    Other,

    /// <summary><c>name</c>.</summary>
    Bare,

    /// <summary><c>name.namespace</c>.</summary>
    Short,

    /// <summary><c>name.namespace.svc.cluster.local</c>, or <c>name.namespace.svc</c> for short.</summary>
    ClusterLocal,

    /// <summary><c>name.namespace.svc.clusterset.local</c>.</summary>
    ClusterSet,
}
