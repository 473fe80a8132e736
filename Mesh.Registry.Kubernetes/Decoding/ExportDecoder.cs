using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>Reads ServiceExports (multicluster.x-k8s.io, v1alpha1 and v1beta1, which say the same in the same fields).</summary>
internal sealed class ExportDecoder(StringPool pool) : IResourceDecoder<ExportObject>
{
    private const int LongestShown = 300;

    public ExportObject Decode(ref Utf8JsonReader reader)
    {
        var metadata = default(ObjectMetadata);
        DateTimeOffset? created = null;
        string? refusal = null;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8)) Metadata(ref reader, ref metadata, ref created);
            else if (reader.ValueTextEquals("status"u8)) refusal = Status(ref reader);
            else JsonTokens.SkipValue(ref reader);
        }

        metadata.Require();
        return new ExportObject(metadata.Namespace ?? "", metadata.Name!, metadata.ResourceVersion!, created, refusal);
    }

    private void Metadata(ref Utf8JsonReader reader, ref ObjectMetadata metadata, ref DateTimeOffset? created)
    {
        if (!JsonTokens.EnterObject(ref reader)) return;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (metadata.TryRead(ref reader, pool)) continue;
            if (reader.ValueTextEquals("creationTimestamp"u8)) created = JsonTokens.EnterString(ref reader) && reader.TryGetDateTimeOffset(out var time) ? time : null;
            else JsonTokens.SkipValue(ref reader);
        }
    }

    private static string? Status(ref Utf8JsonReader reader)
    {
        string? refusal = null;
        if (!JsonTokens.EnterObject(ref reader)) return null;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("conditions"u8) || !JsonTokens.EnterArray(ref reader))
            {
                JsonTokens.SkipValue(ref reader);
                continue;
            }

            while (JsonTokens.NextObject(ref reader)) refusal = Condition(ref reader) ?? refusal;
        }

        return refusal;
    }

    private static string? Condition(ref Utf8JsonReader reader)
    {
        bool isValid = false, isFalse = false;
        string? reason = null;
        string? message = null;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("type"u8)) isValid = JsonTokens.EnterString(ref reader) && reader.ValueTextEquals("Valid"u8);
            else if (reader.ValueTextEquals("status"u8)) isFalse = JsonTokens.EnterString(ref reader) && reader.ValueTextEquals("False"u8);
            else if (reader.ValueTextEquals("reason"u8)) reason = JsonTokens.String(ref reader);
            else if (reader.ValueTextEquals("message"u8)) message = JsonTokens.String(ref reader);
            else JsonTokens.SkipValue(ref reader);
        }

        if (!isValid || !isFalse) return null;
        var why = !string.IsNullOrEmpty(message) ? message : reason;
        return string.IsNullOrEmpty(why) ? "its ServiceExport is marked Valid=False" : $"its ServiceExport is marked Valid=False: {Shown(why)}";
    }

    // Whoever may write the status must not forge log lines, nor fill them.
    private static string Shown(string text) => string.Concat(text.Take(LongestShown).Select(static c => char.IsControl(c) ? ' ' : c)).TrimEnd('.', ' ');
}
