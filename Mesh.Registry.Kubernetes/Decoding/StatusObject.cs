using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>What an API server says of an error (<c>Status</c>, meta/v1).</summary>
internal sealed class StatusObject
{
    public int Code { get; private set; }

    public string Reason { get; private set; } = "";

    public string Message { get; private set; } = "";

    public int? RetryAfterSeconds { get; private set; }

    /// <summary>Whether a cause says that the resource version asked for is newer than anything the server has.</summary>
    public bool IsVersionTooLarge { get; private set; }

    /// <summary>Reads the body of an error; <see langword="null"/> where it is no Status (a proxy's page). Never throws.</summary>
    public static StatusObject? TryDecode(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            return Decode(ref reader);
        }
        catch (Exception e) when (JsonTokens.IsMalformed(e))
        {
            return null;
        }
    }

    public static StatusObject Decode(ref Utf8JsonReader reader)
    {
        var status = new StatusObject();
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("code"u8)) status.Code = JsonTokens.Int32(ref reader) ?? 0;
            else if (reader.ValueTextEquals("reason"u8)) status.Reason = JsonTokens.String(ref reader) ?? "";
            else if (reader.ValueTextEquals("message"u8)) status.Message = JsonTokens.String(ref reader) ?? "";
            else if (reader.ValueTextEquals("details"u8)) status.ReadDetails(ref reader);
            else JsonTokens.SkipValue(ref reader);
        }

        return status;
    }

    private void ReadDetails(ref Utf8JsonReader reader)
    {
        if (!JsonTokens.EnterObject(ref reader)) return;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("retryAfterSeconds"u8)) RetryAfterSeconds = JsonTokens.Int32(ref reader);
            else if (reader.ValueTextEquals("causes"u8)) ReadCauses(ref reader);
            else JsonTokens.SkipValue(ref reader);
        }
    }

    private void ReadCauses(ref Utf8JsonReader reader)
    {
        if (!JsonTokens.EnterArray(ref reader)) return;
        while (JsonTokens.NextObject(ref reader))
        {
            while (JsonTokens.NextProperty(ref reader))
            {
                if (!reader.ValueTextEquals("reason"u8)) JsonTokens.SkipValue(ref reader);
                else if (JsonTokens.EnterString(ref reader)) IsVersionTooLarge |= reader.ValueTextEquals("ResourceVersionTooLarge"u8);
            }
        }
    }
}
