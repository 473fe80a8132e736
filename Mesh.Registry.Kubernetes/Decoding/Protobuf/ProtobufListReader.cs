namespace Mesh.Decoding;

/// <summary>
/// Cuts the body of a list into its items as they arrive, so that no list is ever whole in memory: the envelope's and the list's own lengths, which say how long everything is, are
/// counted down instead of waited for.
/// </summary>
internal sealed class ProtobufListReader(Stream stream, int maxObjectBytes) : IListReader
{
    // Tag and length.
    private const int LongestHeader = 20;
    private const int MaxFieldBytes = 64 * 1024;
    private const int BeginningLength = 4 * 1024;

    // Every list type of Kubernetes: metadata, items.
    private const int MetadataField = 1;
    private const int ItemsField = 2;

    private readonly ByteWindow _window = new(stream);
    private Place _place = Place.Magic;
    private ulong _left;
    private ulong _toSkip;
    private bool _skipsItem;
    private bool _hasMetadata;
    private ListMetadata _metadata;

    private enum Place
    {
        Magic,
        Envelope,
        List,
        AfterList,
        Broken,
    }

    public ObjectIdentity TooLarge { get; private set; }

    public ObjectRead TryRead(out ReadOnlySpan<byte> value)
    {
        value = default;
        while (true)
        {
            if (_toSkip > 0)
            {
                if (!Skip()) return ObjectRead.Incomplete;
                if (!_skipsItem) continue;
                _skipsItem = false;
                return ObjectRead.TooLarge;
            }

            if (Step(out value) is { } read) return read;
        }
    }

    public ValueTask<bool> FillAsync(CancellationToken cancellationToken) => _window.FillAsync(cancellationToken);

    /// <exception cref="ProtobufException">The body is not a whole list.</exception>
    public ListMetadata Metadata()
    {
        if (_place != Place.AfterList || _toSkip > 0 || !_window.Unread.IsEmpty) throw new ProtobufException("The list ends in the middle.");
        return _hasMetadata ? _metadata : throw new ProtobufException("The list has no resourceVersion.");
    }

    public void Dispose() => _window.Dispose();

    /// <summary>Takes one field; <see langword="null"/> where it was none that matters to the reader's caller.</summary>
    private ObjectRead? Step(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (_place == Place.Broken) return ObjectRead.Broken;
        if (_place == Place.List && _left == 0) _place = Place.AfterList;
        var unread = _window.Unread;
        if (_place == Place.Magic)
        {
            if (unread.Length < ProtobufEnvelope.Magic.Length) return ObjectRead.Incomplete;
            if (!ProtobufEnvelope.IsAtStartOf(unread)) return Break();
            Consume(ProtobufEnvelope.Magic.Length);
            _place = Place.Envelope;
            return null;
        }

        if (unread.IsEmpty) return ObjectRead.Incomplete;
        if (!TryHeader(unread, out var field, out var wire, out var length, out var header)) return unread.Length < LongestHeader ? ObjectRead.Incomplete : Break();
        if (_place == Place.List && (ulong)header + (wire == ProtobufWire.Bytes ? length : 0) > _left) return Break();
        return wire switch
        {
            ProtobufWire.Varint => Passed(header),
            ProtobufWire.Bytes when _place == Place.List => InList(field, length, header, out value),
            ProtobufWire.Bytes => InEnvelope(field, length, header),
            _ => Break(),
        };
    }

    private ObjectRead? InEnvelope(int field, ulong length, int header)
    {
        if (field == ProtobufEnvelope.Raw)
        {
            // A second one would replace the first, whose items are given out already.
            if (_place == Place.AfterList) return Break();
            Consume(header);
            _place = Place.List;
            _left = length;
            return null;
        }

        if (length > MaxFieldBytes || (field == ProtobufEnvelope.ContentEncoding && length > 0)) return Break();
        Consume(header);
        _toSkip = length;
        return null;
    }

    private ObjectRead? InList(int field, ulong length, int header, out ReadOnlySpan<byte> value)
    {
        value = default;
        var rest = _window.Unread[header..];
        if (field == MetadataField)
        {
            if (length > MaxFieldBytes) return Break();
            if ((ulong)rest.Length < length) return ObjectRead.Incomplete;
            if (!TryMetadata(rest[..(int)length])) return Break();
            return Passed(header + (int)length);
        }

        if (field == ItemsField && length <= (ulong)maxObjectBytes)
        {
            if ((ulong)rest.Length < length) return ObjectRead.Incomplete;
            value = rest[..(int)length];
            Consume(header + (int)length);
            return ObjectRead.Value;
        }

        if (field == ItemsField)
        {
            if ((ulong)rest.Length < BeginningLength && (ulong)rest.Length < length) return ObjectRead.Incomplete;
            TooLarge = ProtobufIdentity.OfObject(rest[..(int)Math.Min((ulong)rest.Length, length)]);
            _skipsItem = true;
        }

        Consume(header);
        _toSkip = length;
        return null;
    }

    private bool TryMetadata(ReadOnlySpan<byte> message)
    {
        try
        {
            _hasMetadata = ListMetadata.TryDecode(message, out _metadata);
            return true;
        }
        catch (ProtobufException)
        {
            return false;
        }
    }

    private static bool TryHeader(ReadOnlySpan<byte> data, out int field, out ProtobufWire wire, out ulong length, out int header)
    {
        length = 0;
        header = ProtobufVarint.Read(data, out var tag);
        field = (int)Math.Min(tag >> 3, int.MaxValue);
        wire = (ProtobufWire)(tag & 7);
        if (header <= 0 || field == 0) return false;

        // Of a number the value itself is what stands here.
        var second = ProtobufVarint.Read(data[header..], out length);
        if (second <= 0) return false;
        header += second;
        return true;
    }

    private bool Skip()
    {
        var passed = (int)Math.Min(_toSkip, (ulong)_window.Unread.Length);
        Consume(passed);
        _toSkip -= (ulong)passed;
        return _toSkip == 0;
    }

    private ObjectRead? Passed(int length)
    {
        Consume(length);
        return null;
    }

    private void Consume(int length)
    {
        _window.Consume(length);
        if (_place == Place.List) _left -= (ulong)length;
    }

    private ObjectRead Break()
    {
        _place = Place.Broken;
        return ObjectRead.Broken;
    }
}
