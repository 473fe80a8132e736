using System.Text;

namespace Mesh;

/// <summary>
/// A place: where an endpoint runs, or where a caller does. Every part but the cluster is optional. Names repeat across
/// clusters, so a node is the same only within its cluster, and a zone within its region.
/// </summary>
/// <param name="Cluster">The cluster; <see langword="default"/> for a caller that runs in none.</param>
/// <param name="Region">The region (<c>topology.kubernetes.io/region</c>), or <see langword="null"/>.</param>
/// <param name="Zone">The zone (<c>topology.kubernetes.io/zone</c>), or <see langword="null"/>.</param>
/// <param name="Node">The node's name, or <see langword="null"/>.</param>
public readonly record struct Locality(ClusterId Cluster, string? Region = null, string? Zone = null, string? Node = null)
{
    /// <summary><c>region/zone/cluster/node</c>; a part that is not known is written <c>-</c>, trailing ones are left out.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(Region ?? "-").Append('/').Append(Zone ?? "-").Append('/').Append(Cluster.IsNone ? "-" : Cluster.Name);
        if (Node is not null)
        {
            text.Append('/').Append(Node);
        }

        return text.ToString();
    }
}
