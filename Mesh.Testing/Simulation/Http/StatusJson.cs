using System.Buffers;
using System.Text.Json;

namespace Mesh.Simulation;

/// <summary>Writes a <c>Status</c>.</summary>
internal static class StatusJson
{
    public static void Write(IBufferWriter<byte> output, ApiStatus status)
    {
        using var writer = new Utf8JsonWriter(output, JsonFields.Writing);
        writer.WriteStartObject();
        writer.WriteString("kind", "Status");
        writer.WriteString("apiVersion", "v1");
        writer.WriteStartObject("metadata");
        if (status.Continue is { } token) writer.WriteString("continue", token);
        writer.WriteEndObject();
        writer.WriteString("status", status.Code < 400 ? "Success" : "Failure");
        if (status.Message.Length > 0) writer.WriteString("message", status.Message);
        if (status.Reason.Length > 0) writer.WriteString("reason", status.Reason);
        if (status.Details is { } details) Write(writer, details);
        if (status.Code >= 400) writer.WriteNumber("code", status.Code);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, StatusDetails details)
    {
        writer.WriteStartObject("details");
        if (details.Name.Length > 0) writer.WriteString("name", details.Name);
        if (details.Group.Length > 0) writer.WriteString("group", details.Group);
        if (details.Kind.Length > 0) writer.WriteString("kind", details.Kind);
        if (details.Uid.Length > 0) writer.WriteString("uid", details.Uid);
        if (details.Causes.Count > 0)
        {
            writer.WriteStartArray("causes");
            foreach (var cause in details.Causes)
            {
                writer.WriteStartObject();
                writer.WriteString("reason", cause.Reason);
                writer.WriteString("message", cause.Message);
                if (cause.Field.Length > 0) writer.WriteString("field", cause.Field);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        if (details.RetryAfterSeconds > 0) writer.WriteNumber("retryAfterSeconds", details.RetryAfterSeconds);
        writer.WriteEndObject();
    }
}
