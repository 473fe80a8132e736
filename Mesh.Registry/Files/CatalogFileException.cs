namespace Mesh.Files;

/// <summary>A catalog file that cannot be used; the message has a line per error, each with file, line and field.</summary>
internal sealed class CatalogFileException(string message, Exception? inner = null) : Exception(message, inner);
