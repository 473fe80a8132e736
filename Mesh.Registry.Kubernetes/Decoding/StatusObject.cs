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

    /// <summary>Whether a cause says that the server does not stream its state; before 1.27 it did not know the other parameter either.</summary>
    public bool RefusesStreamedList { get; private set; }

    /// <summary>Reads the body of an error, in either format; <see langword="null"/> where it is no Status (a proxy's page). Never throws.</summary>
    public static StatusObject? TryDecode(ReadOnlySpan<byte> body)
    {
        try
        {
            if (ProtobufEnvelope.IsAtStartOf(body)) return Decode(ProtobufEnvelope.Open(body));
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            return Decode(ref reader);
        }
        catch (Exception e) when (e is ProtobufException || JsonTokens.IsMalformed(e))
        {
            return null;
        }
    }

    /// <exception cref="ProtobufException">It is malformed.</exception>
    public static StatusObject Decode(ReadOnlySpan<byte> message)
    {
        var status = new StatusObject();
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 3) status.Message = reader.String;
            else if (reader.Field == 4) status.Reason = reader.String;
            else if (reader.Field == 5) status.ReadDetails(reader.Bytes);
            else if (reader.Field == 6) status.Code = reader.Int32;
        }

        return status;
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

    private void ReadDetails(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 5)
            {
                RetryAfterSeconds = reader.Int32;
            }
            else if (reader.Field == 4)
            {
                var cause = new ProtobufReader(reader.Bytes);
                while (cause.Next())
                {
                    if (cause.Field == 1) IsVersionTooLarge |= cause.Bytes.SequenceEqual("ResourceVersionTooLarge"u8);
                    else if (cause.Field == 3) RefusesStreamedList |= cause.Bytes.SequenceEqual("sendInitialEvents"u8) || cause.Bytes.SequenceEqual("resourceVersionMatch"u8);
                }
            }
        }
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
                if (reader.ValueTextEquals("reason"u8)) IsVersionTooLarge |= JsonTokens.EnterString(ref reader) && reader.ValueTextEquals("ResourceVersionTooLarge"u8);
                else if (!reader.ValueTextEquals("field"u8)) JsonTokens.SkipValue(ref reader);
                else if (JsonTokens.EnterString(ref reader)) RefusesStreamedList |= reader.ValueTextEquals("sendInitialEvents"u8) || reader.ValueTextEquals("resourceVersionMatch"u8);
            }
        }
    }
}
