namespace Mesh.Simulation;

/// <summary>When <c>metadata.generation</c> moves.</summary>
internal enum GenerationRule
{
    /// <summary>The type has none.</summary>
    None,

    /// <summary>A change of <c>spec</c>.</summary>
    Spec,

    /// <summary>A change of anything but metadata and status.</summary>
    Content,

    /// <summary>A change of anything but metadata.</summary>
    ContentAndStatus,

    /// <summary>As <see cref="Content"/>, or of a label.</summary>
    ContentAndLabels,
}
