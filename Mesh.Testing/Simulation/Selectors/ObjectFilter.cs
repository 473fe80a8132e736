namespace Mesh.Simulation;

/// <summary>Which objects of a type a list, a watch or a deletion is about.</summary>
internal sealed record ObjectFilter(string Namespace, LabelSelector Labels, FieldSelector Fields)
{
    public bool Matches(StoredObject stored) =>
        (Namespace.Length == 0 || stored.Namespace == Namespace) && Labels.Matches(stored) && Fields.Matches(stored);
}
