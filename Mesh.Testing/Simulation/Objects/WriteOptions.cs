namespace Mesh.Simulation;

/// <summary>How a write is meant.</summary>
/// <param name="DryRun">Answer, and store nothing.</param>
/// <param name="Status">It is about the status.</param>
/// <param name="Manager">Whose the changed fields are; the server's own writes have none.</param>
internal readonly record struct WriteOptions(bool DryRun, bool Status, FieldManager? Manager = null)
{
    /// <summary>The object comes with its owners already written into it.</summary>
    public bool OwnersKnown { get; init; }
}
