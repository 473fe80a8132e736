using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>Takes whole JSON objects out of a <see cref="ByteWindow"/>; one that is larger than allowed is passed over without being kept.</summary>
internal sealed class ObjectReader(ByteWindow window, int maxBytes)
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
        var length = _framer.Scan(unread);
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
            }

            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }
}
