namespace Mesh.Files;

/// <summary>A place in a file.</summary>
/// <param name="Path">The field.</param>
/// <param name="Offset">The byte.</param>
internal readonly record struct JsonPlace(string Path, long Offset);
