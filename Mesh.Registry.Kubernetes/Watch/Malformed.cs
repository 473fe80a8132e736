using System.Text.Json;
using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>Exceptions that say that what arrived is malformed.</summary>
internal static class Malformed
{
    public static bool Is(Exception exception) => exception is JsonException or ProtobufException;

    /// <summary>What to say of it: the JSON reader's own message may quote the data.</summary>
    public static string Text(Exception exception) =>
        exception is ProtobufException or JsonException { LineNumber: null, InnerException: null } ? exception.Message : "it is malformed JSON";
}
