namespace Mesh.K3s;

/// <summary>The tests with K3s run one after another: each server takes 0.6 GB.</summary>
[CollectionDefinition(Name)]
public sealed class K3sGroup : ICollectionFixture<K3sServers>
{
    public const string Name = "k3s";
}
