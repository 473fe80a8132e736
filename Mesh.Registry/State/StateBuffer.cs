using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Mesh.State;

/// <summary>Bytes of a state file as they are written. Numbers are base-128 with the lowest seven bits first, texts UTF-8 with their length before them.</summary>
internal sealed class StateBuffer
{
    private readonly ArrayBufferWriter<byte> _bytes = new(64 * 1024);

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Number(long value)
    {
        var left = (ulong)value;
        var span = _bytes.GetSpan(10);
        var length = 0;
        while (left >= 0x80)
        {
            span[length++] = (byte)(left | 0x80);
            left >>= 7;
        }

        span[length++] = (byte)left;
        _bytes.Advance(length);
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
    }

    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number(length);
        Encoding.UTF8.GetBytes(text, _bytes.GetSpan(length));
        _bytes.Advance(length);
    }

    public void TextOrNone(string? text)
    {
        Flag(text is not null);
        if (text is not null)
        {
            Text(text);
        }
    }
}
