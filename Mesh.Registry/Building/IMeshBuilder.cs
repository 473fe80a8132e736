using Microsoft.Extensions.DependencyInjection;

namespace Mesh;

/// <summary>Where the mesh of one process is put together; each package adds its extension methods (<c>AddKubernetesCluster</c>, <c>AddFile</c> …).</summary>
public interface IMeshBuilder
{
    /// <summary>The services of the process. Sources are registered as <see cref="ICatalogSource"/>.</summary>
    IServiceCollection Services { get; }
}
