namespace Mesh.Files;

/// <summary>A policy's target while it is read.</summary>
internal sealed class TargetDraft
{
    public ClusterId Cluster { get; set; }

    public int Weight { get; set; } = 100;

    public int? Priority { get; set; }
}
