using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>Takes whole JSON objects out of a <see cref="ByteWindow"/>; one that is larger than allowed is passed over without being kept.</summary>
/// <param name="window">What has arrived.</param>
/// <param name="maxBytes">The largest object that is kept.</param>
/// <param name="isEndless">
/// Whether objects follow each other for as long as the stream lasts: one that lost its end must then be found by what it holds. In a list it is found at the list's end.
/// </param>
internal sealed class ObjectReader(ByteWindow window, int maxBytes, bool isEndless)
{
    private ObjectFramer _framer;
    private bool _passingOver;

    /// <summary>Whether an object has begun and not ended.</summary>
    public bool InObject => _framer.InObject;

    /// <summary>Who the last object that was too large is, as far as its beginning said.</summary>
    public ObjectIdentity TooLarge { get; private set; }

    /// <summary>
    /// Takes the object that the window begins with. <paramref name="value"/> is valid until the window is filled again.
    /// </summary>
    public ObjectRead TryTake(out ReadOnlySpan<byte> value)
    {
        var unread = window.Unread;
        var length = _framer.Scan(unread, isEndless);
        if (length >= 0)
        {
            window.Consume(length);
            value = unread[..length];
            var kept = !_passingOver;
            _passingOver = false;
            if (kept && length <= maxBytes) return ObjectRead.Value;
            if (kept) TooLarge = ObjectIdentity.Read(value);
            return ObjectRead.TooLarge;
        }

        value = default;
        if (isEndless && _framer.SawBreak) return ObjectRead.Broken;
        if (!_passingOver && unread.Length > maxBytes)
        {
            _passingOver = true;
            TooLarge = ObjectIdentity.Read(unread);
        }

        if (_passingOver)
        {
            window.Consume(unread.Length);
            _framer.Forget();
        }
        else if (_framer.SawLineBreak && IsBroken(unread))
        {
            return ObjectRead.Broken;
        }

        return ObjectRead.Incomplete;
    }

    // An object that lost its end would swallow everything that follows it.
    private static bool IsBroken(ReadOnlySpan<byte> prefix)
    {
        var reader = new Utf8JsonReader(prefix, isFinalBlock: false, state: default);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.StartObject && reader.TokenStartIndex > 0 && prefix[(int)reader.TokenStartIndex - 1] == '\n' && IsEvent(reader)) return true;
            }

            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    // Where the end was lost after a colon, the next event would fit in as the value.
    private static bool IsEvent(Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("type"u8)
        && reader.Read() && reader.TokenType == JsonTokenType.String && WatchEventDecoder.TypeOf(ref reader) != WatchEventType.Unknown;
}
