using System.Buffers.Binary;
using System.Text;

namespace Mesh.State;

/// <summary>Reads what <see cref="StateBuffer"/> writes. Never past the end: whatever the bytes are, the answer is a value or an <see cref="InvalidDataException"/>.</summary>
internal ref struct StateCursor(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public readonly bool IsAtEnd => _left.IsEmpty;

    public ReadOnlySpan<byte> Raw(long length)
    {
        if (length < 0 || length > _left.Length)
        {
            throw TooShort();
        }

        var raw = _left[..(int)length];
        _left = _left[(int)length..];
        return raw;
    }

    public byte Byte() => Raw(1)[0];

    public bool Flag() => Byte() != 0;

    public long Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_left.IsEmpty)
            {
                throw TooShort();
            }

            var next = _left[0];
            _left = _left[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return (long)value;
            }
        }

        throw new InvalidDataException("a number in it has no end");
    }

    /// <summary>A number of things of which each has so many bytes at least: no more than are left are believed.</summary>
    public int Count(int leastBytes)
    {
        var count = Number();
        return count >= 0 && count <= _left.Length / leastBytes ? (int)count : throw TooShort();
    }

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Raw(8));

    public string Text() => Encoding.UTF8.GetString(Raw(Number()));

    public string? TextOrNone() => Flag() ? Text() : null;

    private static InvalidDataException TooShort() => new("it ends too early");
}
