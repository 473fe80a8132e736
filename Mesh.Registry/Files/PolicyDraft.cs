namespace Mesh.Files;

/// <summary>A policy while it is read.</summary>
internal sealed class PolicyDraft
{
    public ServicePolicy Policy { get; set; } = ServicePolicy.Empty;
}
