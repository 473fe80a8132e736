namespace Mesh;

/// <summary>Which services of a cluster callers of other clusters may use. The own cluster's callers use all of them.</summary>
public enum ExportMode
{
    /// <summary>Every service the connector sees.</summary>
    All,

    /// <summary>
    /// Those that a <c>ServiceExport</c> (Multi-Cluster Services API, <c>multicluster.x-k8s.io</c> v1beta1 or v1alpha1) names, unless its condition <c>Valid</c> is <c>False</c>. Needs
    /// list and watch on <c>serviceexports</c>; where they cannot be read, nothing more is exported, and a problem says what to do.
    /// </summary>
    Exported,
}
