namespace Mesh.Simulation;

/// <summary>What a request asks for, read from its method and address alone, before anything is looked up (the words of RBAC).</summary>
internal sealed record RequestInfo
{
    public required string Path { get; init; }

    public required string Verb { get; init; }

    public bool IsResource { get; init; }

    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>The one name that a field selector asks for; counts as the name for authorisation.</summary>
    public string SelectedName { get; init; } = "";
}
