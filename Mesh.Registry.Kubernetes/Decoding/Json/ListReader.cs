using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>
/// Cuts the body of a list into its items as they arrive; what stands around them (<c>metadata</c>) is kept and read at the end, so that the
/// order of fields does not matter and no list is ever whole in memory.
/// </summary>
internal sealed class ListReader(Stream stream, int maxObjectBytes) : IListReader
{
    private const int MaxEnvelopeBytes = 64 * 1024;

    private readonly ByteWindow _window = new(stream);
    private readonly MemoryStream _envelope = new();
    private ObjectReader? _objects;
    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _inItems;
    private long _stringStart;
    private bool _afterItemsName;

    private ObjectReader Objects => _objects ??= new ObjectReader(_window, maxObjectBytes, isEndless: false);

    /// <summary>Who the last object that was too large is.</summary>
    public ObjectIdentity TooLarge => Objects.TooLarge;

    /// <summary>The next item of what has arrived; valid until <see cref="FillAsync"/>.</summary>
    public ObjectRead TryRead(out ReadOnlySpan<byte> json)
    {
        json = default;
        if (_objects is not { InObject: true })
        {
            if (!_inItems) ReadEnvelope();
            if (_inItems)
            {
                var unread = _window.Unread;
                var begin = unread.IndexOfAnyExcept(" \t\r\n,"u8);
                _window.Consume(begin < 0 ? unread.Length : begin);
                if (begin < 0) return ObjectRead.Incomplete;
                if (unread[begin] == ']')
                {
                    _window.Consume(1);
                    _inItems = false;
                    return TryRead(out json);
                }

                if (unread[begin] != '{') return ObjectRead.Broken;
                return Objects.TryTake(out json);
            }

            return _envelope.Length > MaxEnvelopeBytes ? ObjectRead.Broken : ObjectRead.Incomplete;
        }

        return Objects.TryTake(out json);
    }

    /// <summary>Waits for more; <see langword="false"/> at the end.</summary>
    public ValueTask<bool> FillAsync(CancellationToken cancellationToken) => _window.FillAsync(cancellationToken);

    /// <summary>What stood around the items, once the body has ended.</summary>
    /// <exception cref="JsonException">The body is not a whole list.</exception>
    public ListMetadata Metadata()
    {
        if (_inItems || _objects is { InObject: true } || _depth != 0) throw new JsonException("The list ends in the middle.");
        return ListMetadata.Decode(_envelope.GetBuffer().AsSpan(0, (int)_envelope.Length));
    }

    public void Dispose() => _window.Dispose();

    private void ReadEnvelope()
    {
        var unread = _window.Unread;
        for (var i = 0; i < unread.Length; i++)
        {
            var b = unread[i];
            _envelope.WriteByte(b);
            if (_inString)
            {
                if (_escaped) _escaped = false;
                else if (b == '\\') _escaped = true;
                else if (b == '"') EndString();
                continue;
            }

            switch (b)
            {
                case (byte)'"':
                    _inString = true;
                    _stringStart = _envelope.Length;
                    break;
                case (byte)'[' when _depth == 1 && _afterItemsName:
                    // The envelope keeps an empty array in the items' place; their own closing bracket is taken with the last item.
                    _afterItemsName = false;
                    _inItems = true;
                    _window.Consume(i + 1);
                    _envelope.WriteByte((byte)']');
                    return;
                case (byte)'{' or (byte)'[':
                    _depth++;
                    break;
                case (byte)'}' or (byte)']':
                    _depth--;
                    break;
                case (byte)',':
                    _afterItemsName = false;
                    break;
            }

            if (_envelope.Length > MaxEnvelopeBytes) break;
        }

        _window.Consume(unread.Length);
    }

    private void EndString()
    {
        _inString = false;
        var text = _envelope.GetBuffer().AsSpan((int)_stringStart, (int)(_envelope.Length - 1 - _stringStart));
        if (_depth == 1) _afterItemsName = text.SequenceEqual("items"u8);
    }
}
