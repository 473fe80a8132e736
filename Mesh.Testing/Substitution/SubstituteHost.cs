namespace Mesh.Substitution;

/// <summary>What a <see cref="SubstituteCatalog"/> is to one running host, for which "the own cluster" has a name.</summary>
internal sealed class SubstituteHost(string ownCluster, TimeProvider timeProvider)
{
    public string OwnCluster => ownCluster;

    public MemoryCatalogSource Source { get; } = new("substitute", timeProvider);

    public void SetCluster(ClusterSnapshot cluster) => Source.SetCluster(cluster with { Since = timeProvider.GetUtcNow() });
}
