using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mesh.Explaining;

/// <summary>Explanations as JSON. Made at build time, so that native AOT can: names are those of the properties, and what readers build on.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    WriteIndented = true,
    Converters = [typeof(ExplainedValues)])]
[JsonSerializable(typeof(RouteExplanation))]
[JsonSerializable(typeof(PolicyDryRun))]
internal sealed partial class ExplanationJson : JsonSerializerContext
{
    // For people and files, not for web pages: what is no ASCII stays readable. Later than the default, whose place in a partial class is not known.
    private static readonly Lazy<ExplanationJson> Readable = new(static () => new ExplanationJson(new JsonSerializerOptions(Default!.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    public static string Write(RouteExplanation explanation) => JsonSerializer.Serialize(explanation, Readable.Value.RouteExplanation);

    public static string Write(PolicyDryRun dryRun) => JsonSerializer.Serialize(dryRun, Readable.Value.PolicyDryRun);
}
