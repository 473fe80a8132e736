using Microsoft.Extensions.Configuration;

namespace Mesh;

/// <summary>
/// Adds a cluster of the configuration section <c>Mesh:Clusters</c>. The package that watches clusters implements it, so that reading the section
/// needs no reference to that package: the implementation is found by <see cref="KubernetesTypeName"/> alone.
/// </summary>
public interface IClusterSectionBinder
{
    /// <summary>The type in Mesh.Registry.Kubernetes that implements it, with a public constructor without parameters.</summary>
    const string KubernetesTypeName = "Mesh.KubernetesClusterSectionBinder, Mesh.Registry.Kubernetes";

    /// <summary>Adds the cluster. What is wrong with the section is reported when the host starts, all at once, each error naming its setting.</summary>
    /// <param name="builder">Where it is added.</param>
    /// <param name="cluster">The cluster's name: the section's key.</param>
    /// <param name="section">Its section, such as <c>Mesh:Clusters:beta</c>.</param>
    void Bind(IMeshBuilder builder, string cluster, IConfigurationSection section);
}
