using System.Buffers.Binary;
using System.Text;

namespace Mesh.Decoding;

/// <summary>Writes protobuf messages as API servers do: fields in the order of their numbers, empty strings too.</summary>
internal sealed class ProtobufWriter
{
    private readonly List<byte> _bytes = [];

    public static byte[] Message(Action<ProtobufWriter> write)
    {
        var writer = new ProtobufWriter();
        write(writer);
        return writer._bytes.ToArray();
    }

    /// <summary>An object in its envelope.</summary>
    public static byte[] Wrapped(string apiVersion, string kind, byte[] raw) =>
        [.. "k8s\0"u8, .. Message(w => w.Add(1, t => t.Add(1, apiVersion).Add(2, kind)).Add(2, raw).Add(3, "").Add(4, ""))];

    /// <summary>A list in its envelope.</summary>
    public static byte[] List(string version, string next, params IEnumerable<byte[]> items) => Wrapped("v1", "NodeList", Message(w =>
    {
        w.Add(1, m => m.Add(1, "").Add(2, version).Add(3, next));
        foreach (var item in items) w.Add(2, item);
    }));

    /// <summary>A watch event with its length before it.</summary>
    public static byte[] Frame(string type, byte[] item, string kind = "Node")
    {
        var message = Message(w => w.Add(1, type).Add(2, e => e.Add(1, Wrapped("v1", kind, item))));
        var frame = new byte[sizeof(uint) + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)message.Length);
        message.CopyTo(frame, sizeof(uint));
        return frame;
    }

    public ProtobufWriter Add(int field, byte[] value)
    {
        Varint(((ulong)field << 3) | 2);
        Varint((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    public ProtobufWriter Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Add(int field, Action<ProtobufWriter> write) => Add(field, Message(write));

    public ProtobufWriter Add(int field, bool value) => Add(field, value ? 1 : 0);

    public ProtobufWriter Add(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint(unchecked((ulong)value));
        return this;
    }

    public ProtobufWriter Pair(int field, string key, string value) => Add(field, e => e.Add(1, key).Add(2, value));

    /// <summary>Bytes as they are.</summary>
    public ProtobufWriter Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    private void Varint(ulong value)
    {
        for (; value > 0x7F; value >>= 7) _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}
