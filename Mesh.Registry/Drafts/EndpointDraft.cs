namespace Mesh.Drafts;

/// <summary>An endpoint as written: its own ports where they differ from the service's target ports.</summary>
internal sealed record EndpointDraft(EndpointDescription Description)
{
    /// <summary>Its one number for every port of the service.</summary>
    public int? Port { get; init; }

    /// <summary>Its ports by the service ports' names.</summary>
    public IReadOnlyDictionary<string, int>? Ports { get; init; }
}
