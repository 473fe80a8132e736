namespace Mesh.Files;

/// <summary>What came of looking at the file.</summary>
/// <param name="Content">Its new content; <see langword="null"/> where it is as it was, or faulty.</param>
/// <param name="Error">What is wrong with it, or <see langword="null"/>.</param>
/// <param name="IsNewFault">Whether the file was good at the look before.</param>
internal sealed record CatalogFileLoad(CatalogFile? Content, string? Error, bool IsNewFault);
