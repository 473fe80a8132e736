using Mesh.Watch;

namespace Mesh.Decoding;

/// <summary>What the catalog needs of a ServiceExport (KEP-1645): its name is that of the Service it exports.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="ResourceVersion">Its version.</param>
/// <param name="CreatedAt">When it was created, in whole seconds; <see langword="null"/> where it does not say.</param>
/// <param name="Refusal">Why it does not count (condition <c>Valid=False</c>); <see langword="null"/> where it does.</param>
internal sealed record ExportObject(string Namespace, string Name, string ResourceVersion, DateTimeOffset? CreatedAt, string? Refusal) : IWatchedObject;
