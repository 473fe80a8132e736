namespace Mesh.Decoding;

/// <summary>What a watch event says.</summary>
internal enum WatchEventType
{
    /// <summary>A type this version does not know.</summary>
    Unknown,
    Added,
    Modified,
    Deleted,
    Bookmark,
    Error,
}
