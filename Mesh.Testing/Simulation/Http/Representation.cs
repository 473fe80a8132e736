namespace Mesh.Simulation;

/// <summary>The form of an answer.</summary>
internal enum Representation
{
    Full,

    /// <summary><c>PartialObjectMetadata</c>: metadata and nothing else.</summary>
    Metadata,

    /// <summary><c>PartialObjectMetadataList</c>.</summary>
    MetadataList,
}
