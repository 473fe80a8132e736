using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>The parts of <c>metadata</c> that every object has.</summary>
internal struct ObjectMetadata
{
    public string? Namespace;
    public string? Name;
    public string? ResourceVersion;

    /// <summary>The version of an object of which nothing else matters (a bookmark).</summary>
    public static string VersionOf(ref Utf8JsonReader reader)
    {
        string? version = null;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("metadata"u8) || !JsonTokens.EnterObject(ref reader))
            {
                JsonTokens.SkipValue(ref reader);
                continue;
            }

            while (JsonTokens.NextProperty(ref reader))
            {
                if (reader.ValueTextEquals("resourceVersion"u8)) version = JsonTokens.String(ref reader);
                else JsonTokens.SkipValue(ref reader);
            }
        }

        return string.IsNullOrEmpty(version) ? throw new JsonException("The object has no resourceVersion.") : version;
    }

    /// <summary>Reads the property the reader stands on where it is one of these; <see langword="false"/> where it is not.</summary>
    public bool TryRead(ref Utf8JsonReader reader, StringPool pool)
    {
        if (reader.ValueTextEquals("name"u8)) Name = JsonTokens.String(ref reader);
        else if (reader.ValueTextEquals("namespace"u8)) Namespace = JsonTokens.String(ref reader, pool);
        else if (reader.ValueTextEquals("resourceVersion"u8)) ResourceVersion = JsonTokens.String(ref reader);
        else return false;
        return true;
    }

    /// <exception cref="JsonException">The object has no name or no version.</exception>
    public readonly void Require()
    {
        if (string.IsNullOrEmpty(Name)) throw new JsonException("The object has no name.");
        if (string.IsNullOrEmpty(ResourceVersion)) throw new JsonException("The object has no resourceVersion.");
    }
}
