using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Mesh.Decoding;

/// <summary>
/// Reads one message field by field (protobuf.dev/programming-guides/encoding), without allocating. <see cref="Next"/> takes a field with its value, so one that nobody asks for is
/// passed over by itself. Groups, which Kubernetes never writes, make the message malformed.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int LargestField = (1 << 29) - 1;

    private ReadOnlySpan<byte> _rest = message;
    private ReadOnlySpan<byte> _bytes;
    private ulong _number;
    private ProtobufWire _wire;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its bytes: a string or a message.</summary>
    /// <exception cref="ProtobufException">It is something else.</exception>
    public readonly ReadOnlySpan<byte> Bytes => _wire == ProtobufWire.Bytes ? _bytes : throw Unexpected();

    /// <summary>Its whole number; of a larger one the lower half, as every reader of protobuf does.</summary>
    /// <exception cref="ProtobufException">It is something else.</exception>
    public readonly int Int32 => _wire == ProtobufWire.Varint ? unchecked((int)_number) : throw Unexpected();

    /// <summary>Its truth value.</summary>
    /// <exception cref="ProtobufException">It is something else.</exception>
    public readonly bool Boolean => _wire == ProtobufWire.Varint ? _number != 0 : throw Unexpected();

    /// <summary>Its string.</summary>
    /// <exception cref="ProtobufException">It is something else, or no UTF-8.</exception>
    public readonly string String => Encoding.UTF8.GetString(Checked(Bytes));

    /// <summary>Its string from the pool.</summary>
    /// <exception cref="ProtobufException">It is something else, or no UTF-8.</exception>
    public readonly string Pooled(StringPool pool) => Pooled(Bytes, pool);

    /// <summary>The string of these bytes, from the pool.</summary>
    /// <exception cref="ProtobufException">They are no UTF-8.</exception>
    public static string Pooled(ReadOnlySpan<byte> bytes, StringPool pool) => pool.Get(Checked(bytes));

    /// <summary>Reads the next field; <see langword="false"/> at the end of the message.</summary>
    /// <exception cref="ProtobufException">The message is malformed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Next()
    {
        if (_rest.IsEmpty) return false;
        var tag = Varint();
        var number = tag >> 3;
        if (number is 0 or > LargestField) throw new ProtobufException("A field has an impossible number.");
        Field = (int)number;
        _wire = (ProtobufWire)(tag & 7);
        switch (_wire)
        {
            case ProtobufWire.Varint:
                _number = Varint();
                break;
            case ProtobufWire.Bytes:
                _bytes = Take(Varint());
                break;
            case ProtobufWire.Fixed64:
                Take(sizeof(ulong));
                break;
            case ProtobufWire.Fixed32:
                Take(sizeof(uint));
                break;
            default:
                throw new ProtobufException("A field is of a kind that Kubernetes does not write.");
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Varint()
    {
        var length = ProtobufVarint.Read(_rest, out var value);
        if (length <= 0) throw new ProtobufException(length < 0 ? "A number is longer than any may be." : "The message ends in the middle.");
        _rest = _rest[length..];
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length) throw new ProtobufException("The message ends in the middle.");
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> text) => Utf8.IsValid(text) ? text : throw new ProtobufException("A string is not valid UTF-8.");

    private readonly ProtobufException Unexpected() => new($"Field {Field} is not of the kind it should be.");
}
