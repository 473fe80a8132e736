using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>
/// Strings that stand in many objects (namespaces, nodes, zones, port names), each once. For the watchers of one cluster together; safe for
/// concurrent use.
/// </summary>
internal sealed class StringPool
{
    // Beyond the largest clusters' nodes; a cluster that invents names without end only loses the sharing.
    private const int Capacity = 64 * 1024;
    private const int LongestKept = 256;

    private readonly HashSet<string> _strings = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _byChars;
    private readonly Lock _lock = new();

    public StringPool() => _byChars = _strings.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The string the reader stands on.</summary>
    public string Get(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueSpan.Length > LongestKept) return reader.GetString()!;
        Span<char> chars = stackalloc char[LongestKept];
        return Get(chars[..reader.CopyString(chars)]);
    }

    /// <summary>The string of these UTF-8 bytes, which must be valid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestKept) return Encoding.UTF8.GetString(utf8);
        Span<char> chars = stackalloc char[LongestKept];
        return Get(chars[..Encoding.UTF8.GetChars(utf8, chars)]);
    }

    private string Get(ReadOnlySpan<char> chars)
    {
        lock (_lock)
        {
            if (_byChars.TryGetValue(chars, out var known)) return known;
            if (_strings.Count >= Capacity) _strings.Clear();
            var added = chars.ToString();
            _strings.Add(added);
            return added;
        }
    }
}
