using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mesh.Files;

/// <summary>How catalog files are read: camel case, comments and trailing commas allowed, no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(CatalogFile))]
internal sealed partial class CatalogFileJson : JsonSerializerContext;
