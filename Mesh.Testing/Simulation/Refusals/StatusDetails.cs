namespace Mesh.Simulation;

/// <summary>The <c>details</c> of a <c>Status</c>.</summary>
internal sealed record StatusDetails(string Name = "", string Group = "", string Kind = "")
{
    public string Uid { get; init; } = "";

    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    public int RetryAfterSeconds { get; init; }
}
