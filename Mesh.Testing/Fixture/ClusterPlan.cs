namespace Mesh.Fixture;

/// <summary>A cluster as declared.</summary>
internal sealed record ClusterPlan(string Name, string? Region, string? Zone, string Network, IClusterProvider? Provider)
{
    /// <summary>How many gateways it has.</summary>
    public int Gateways { get; set; }

    public List<NodePlan> Nodes { get; } = [];
}
