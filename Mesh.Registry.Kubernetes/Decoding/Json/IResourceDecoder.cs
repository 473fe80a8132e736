using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>Takes what is needed of one object.</summary>
internal interface IResourceDecoder<out T>
{
    /// <summary>Reads the object; the reader stands on its opening brace and is left on its closing one.</summary>
    /// <exception cref="JsonException">The object is malformed.</exception>
    T Decode(ref Utf8JsonReader reader);
}
