namespace Mesh.Simulation;

/// <summary>A label selector: all of its requirements must hold.</summary>
internal sealed class LabelSelector(IReadOnlyList<LabelRequirement> requirements)
{
    public static LabelSelector Everything { get; } = new([]);

    public bool Matches(StoredObject stored)
    {
        foreach (var requirement in requirements)
        {
            if (!requirement.Matches(stored.Labels)) return false;
        }

        return true;
    }
}
