namespace Mesh.Fixture;

/// <summary>A cluster as declared.</summary>
internal sealed record ClusterPlan(string Name, string? Region, string? Zone, string Network, IClusterProvider? Provider)
{
    public List<NodePlan> Nodes { get; } = [];
}
