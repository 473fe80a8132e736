namespace Mesh.Substitution;

/// <summary>A service as a test declared it.</summary>
/// <param name="Name">The service.</param>
/// <param name="Cluster">Its cluster; <see langword="null"/> for each host's own.</param>
/// <param name="Describe">Says its ports and endpoints.</param>
internal sealed record DeclaredService(ServiceName Name, string? Cluster, Action<MemoryServiceBuilder> Describe)
{
    public void AddTo(MemoryCatalogSource source, string ownCluster) => source.Service(Name.ToString(), Cluster ?? ownCluster, Describe);
}
