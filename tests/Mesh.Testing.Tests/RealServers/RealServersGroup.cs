namespace Mesh.RealServers;

/// <summary>The tests with real servers run one after another: each server takes 0.6 GB.</summary>
[CollectionDefinition(Name)]
public sealed class RealServersGroup : ICollectionFixture<RealServers>
{
    public const string Name = "real servers";
}
