using Mesh.Connection;
using Microsoft.Extensions.Configuration;

namespace Mesh;

/// <summary>Adds the clusters of the configuration section <c>Mesh:Clusters</c>; found by <see cref="IClusterSectionBinder.KubernetesTypeName"/>.</summary>
public sealed class KubernetesClusterSectionBinder : IClusterSectionBinder
{
    /// <inheritdoc/>
    public void Bind(IMeshBuilder builder, string cluster, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        KubernetesClusterServices.Add(builder, cluster, section.Path, null, options => ClusterSectionReader.Read(section, options));
    }
}
