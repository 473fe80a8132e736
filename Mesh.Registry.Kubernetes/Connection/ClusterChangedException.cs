namespace Mesh.Connection;

/// <summary>Another cluster answers than before: nothing known, and no resource version, holds any longer.</summary>
/// <param name="identity">Who answers now.</param>
internal sealed class ClusterChangedException(ClusterIdentity identity) : Exception("Another cluster answers at the API server's address.")
{
    public ClusterIdentity Identity { get; } = identity;
}
