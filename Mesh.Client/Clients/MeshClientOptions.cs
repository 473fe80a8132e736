namespace Mesh.Clients;

/// <summary>What one client of the factory is told about the mesh, by the client's name.</summary>
internal sealed class MeshClientOptions
{
    public ServicePolicyOptions Policy { get; } = new();

    /// <summary>Changes to the settings that hold for all clients, in order.</summary>
    public List<Action<MeshTransportOptions>> Transport { get; } = [];
}
