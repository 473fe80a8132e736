using System.Text;

namespace Mesh.Decoding;

/// <summary>Which object a message is, as far as it can be told: the message may be malformed, or cut off further on.</summary>
internal static class ProtobufIdentity
{
    /// <summary>Of an object's own message. Never throws.</summary>
    public static ObjectIdentity OfObject(ReadOnlySpan<byte> message)
    {
        string? @namespace = null;
        string? name = null;
        var metadata = Find(message, 1);
        while (Step(metadata, out var field, out var value, out metadata))
        {
            if (field == 1) name = Encoding.UTF8.GetString(value);
            else if (field == 3 && value.Length > 0) @namespace = Encoding.UTF8.GetString(value);
        }

        return new ObjectIdentity(@namespace, string.IsNullOrEmpty(name) ? null : name);
    }

    /// <summary>Of the object in a watch event. Never throws.</summary>
    public static ObjectIdentity OfEvent(ReadOnlySpan<byte> message)
    {
        var envelope = Find(Find(message, 2), 1);
        return ProtobufEnvelope.IsAtStartOf(envelope) ? OfObject(Find(envelope[ProtobufEnvelope.Magic.Length..], ProtobufEnvelope.Raw)) : default;
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> message, int wanted)
    {
        while (Step(message, out var field, out var value, out message))
        {
            if (field == wanted) return value;
        }

        return default;
    }

    // Fields of bytes only: what comes before the names is nothing else. The last one may be cut off.
    private static bool Step(ReadOnlySpan<byte> message, out int field, out ReadOnlySpan<byte> value, out ReadOnlySpan<byte> following)
    {
        field = 0;
        value = following = default;
        var tagLength = ProtobufVarint.Read(message, out var tag);
        if (tagLength <= 0 || (ProtobufWire)(tag & 7) != ProtobufWire.Bytes) return false;
        var lengthLength = ProtobufVarint.Read(message[tagLength..], out var length);
        if (lengthLength <= 0) return false;
        var rest = message[(tagLength + lengthLength)..];
        var taken = (int)Math.Min(length, (ulong)rest.Length);
        field = (int)Math.Min(tag >> 3, int.MaxValue);
        value = rest[..taken];
        following = rest[taken..];
        return true;
    }
}
