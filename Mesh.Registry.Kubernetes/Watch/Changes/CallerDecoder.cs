using System.Text.Json;
using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>Reads who an object is, and leaves the rest to the caller's decoder.</summary>
internal sealed class CallerDecoder<T>(KubernetesObjectDecoder<T> decoder) : IResourceDecoder<CallerItem<T>>
{
    private readonly StringPool _pool = new();

    public CallerItem<T> Decode(ref Utf8JsonReader reader)
    {
        var whole = reader;
        var metadata = default(ObjectMetadata);
        while (JsonTokens.NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("metadata"u8) || !JsonTokens.EnterObject(ref reader))
            {
                JsonTokens.SkipValue(ref reader);
                continue;
            }

            while (JsonTokens.NextProperty(ref reader))
            {
                if (!metadata.TryRead(ref reader, _pool)) JsonTokens.SkipValue(ref reader);
            }
        }

        metadata.Require();
        return new CallerItem<T>(metadata.Namespace, metadata.Name!, metadata.ResourceVersion!, Decoded(ref whole));
    }

    // The caller's own mistake must cost no more than the object either: an exception would end the watch for all of them.
    private T Decoded(ref Utf8JsonReader reader)
    {
        T decoded;
        try
        {
            decoded = decoder(ref reader);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new JsonException($"the decoder threw {e.GetType().Name}: {e.Message}");
        }

        return decoded is null ? throw new JsonException("the decoder gave null") : decoded;
    }
}
