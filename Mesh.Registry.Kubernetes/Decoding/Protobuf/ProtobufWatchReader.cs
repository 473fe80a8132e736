using System.Buffers.Binary;

namespace Mesh.Decoding;

/// <summary>Cuts the body of a watch into events: each four bytes of length, the highest first, and its message.</summary>
internal sealed class ProtobufWatchReader(Stream stream, int maxObjectBytes) : IWatchReader
{
    private const int HeaderLength = sizeof(uint);

    // Far above what etcd can hold: a length like that is none, and passing it over would wait for ever.
    private const uint LargestFrame = 512 * 1024 * 1024;

    // The name stands at the beginning of an object, and an object's event at the beginning of its type.
    private const int BeginningLength = 4 * 1024;
    private const byte TypeTag = 0x0A;
    private const byte ObjectTag = 0x12;

    private readonly ByteWindow _window = new(stream);
    private uint _toSkip;

    public bool InObject => _toSkip > 0 || !_window.Unread.IsEmpty;

    public ObjectIdentity TooLarge { get; private set; }

    public ObjectRead TryRead(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (_toSkip > 0) return Skip();
        var unread = _window.Unread;
        if (unread.Length <= HeaderLength) return ObjectRead.Incomplete;
        var length = BinaryPrimitives.ReadUInt32BigEndian(unread);
        if (length is 0 or > LargestFrame || unread[HeaderLength] is not (TypeTag or ObjectTag)) return ObjectRead.Broken;
        var message = unread[HeaderLength..];
        if (length > maxObjectBytes)
        {
            if (message.Length < Math.Min(length, BeginningLength)) return ObjectRead.Incomplete;
            TooLarge = ProtobufIdentity.OfEvent(message[..(int)Math.Min(length, message.Length)]);
            _window.Consume(HeaderLength);
            _toSkip = length;
            return Skip();
        }

        if (message.Length < length) return ObjectRead.Incomplete;
        value = message[..(int)length];
        _window.Consume(HeaderLength + (int)length);
        return ObjectRead.Value;
    }

    public ValueTask<bool> FillAsync(CancellationToken cancellationToken) => _window.FillAsync(cancellationToken);

    public void Dispose() => _window.Dispose();

    private ObjectRead Skip()
    {
        var passed = (int)Math.Min(_toSkip, (uint)_window.Unread.Length);
        _window.Consume(passed);
        _toSkip -= (uint)passed;
        return _toSkip > 0 ? ObjectRead.Incomplete : ObjectRead.TooLarge;
    }
}
