using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mesh.Explaining;

/// <summary>The values of explanations that JSON has no words for: names as text, nobody as <see langword="null"/>, times as seconds.</summary>
internal sealed class ExplainedValues : JsonConverterFactory
{
    private static readonly JsonConverter[] Known =
    [
        new Written<ClusterId>(static (json, value) => Text(json, value.IsNone ? null : value.Name)),
        new Written<ServiceName>(static (json, value) => Text(json, value == default ? null : value.ToString())),
        new Written<PortSelector>(static (json, value) => json.WriteStringValue(value.ToString())),
        new Written<TimeSpan>(static (json, value) => json.WriteNumberValue(value.TotalSeconds)),
    ];

    public override bool CanConvert(Type typeToConvert) => Find(typeToConvert) is not null;

    public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options) => Find(typeToConvert);

    private static JsonConverter? Find(Type type) => Array.Find(Known, k => k.Type == type);

    private static void Text(Utf8JsonWriter json, string? text)
    {
        if (text is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    private sealed class Written<T>(Action<Utf8JsonWriter, T> write) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Explanations are written, not read.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => write(writer, value);
    }
}
