using System.Buffers;

namespace Mesh.Decoding;

/// <summary>
/// Finds the end of a JSON object by its braces, across chunks, each byte looked at once. It does not judge the object, so that a malformed
/// one costs itself and not the stream.
/// </summary>
internal struct ObjectFramer
{
    private const byte FirstPrintable = 0x20;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("{}\"\n"u8);

    // A control character has no place in a string (RFC 8259, 7).
    private static readonly SearchValues<byte> StringEnd = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, FirstPrintable).Select(static b => (byte)b)]);

    private int _depth;
    private bool _inString;
    private bool _escaped;

    /// <summary>How many bytes of the object have been looked at.</summary>
    public int Scanned { get; private set; }

    /// <summary>
    /// Whether a line break stood outside a string inside the object. API servers write one after each event and none inside, so the object may have
    /// lost its end.
    /// </summary>
    public bool SawLineBreak { get; private set; }

    /// <summary>Whether a control character stood inside a string: the object has lost its end there, or was never JSON.</summary>
    public bool SawBreak { get; private set; }

    /// <summary>Whether an object has begun.</summary>
    public readonly bool InObject => _depth > 0;

    /// <summary>
    /// Looks at what is new in <paramref name="data"/>, which begins with the object. Returns its length, or −1 where its end is not in it.
    /// </summary>
    /// <param name="data">What has arrived.</param>
    /// <param name="endsAtBreak">Whether to look no further where the object is broken (<see cref="SawBreak"/>).</param>
    public int Scan(ReadOnlySpan<byte> data, bool endsAtBreak)
    {
        var i = Scanned;
        while (i < data.Length)
        {
            if (_inString)
            {
                if (!_escaped)
                {
                    var end = data[i..].IndexOfAny(StringEnd);
                    if (end < 0) break;
                    i += end;
                }

                var b = data[i++];
                if (b < FirstPrintable)
                {
                    SawBreak = true;
                    if (endsAtBreak) return -1;
                }

                if (!_escaped && b == '"') _inString = false;
                _escaped = !_escaped && b == '\\';
                continue;
            }

            var next = data[i..].IndexOfAny(Structure);
            if (next < 0) break;
            i += next;
            switch (data[i++])
            {
                case (byte)'"':
                    _inString = true;
                    break;
                case (byte)'{':
                    _depth++;
                    break;
                case (byte)'\n':
                    SawLineBreak = true;
                    break;
                default:
                    if (--_depth == 0)
                    {
                        this = default;
                        return i;
                    }

                    break;
            }
        }

        Scanned = data.Length;
        return -1;
    }

    /// <summary>What was looked at is not kept any longer: offsets count from here.</summary>
    public void Forget() => Scanned = 0;
}
