namespace Mesh.Simulation;

/// <summary>Who sends a request.</summary>
internal sealed record Identity(string User, IReadOnlyList<string> Groups)
{
    public const string Administrators = "system:masters";

    public static Identity Anonymous { get; } = new("system:anonymous", ["system:unauthenticated"]);
}
