using System.Diagnostics.CodeAnalysis;

namespace Mesh;

/// <summary>What of a request is hashed, so that requests which have it in common go to one endpoint.</summary>
/// <param name="Kind">Where it is.</param>
/// <param name="Name">The name of the header or cookie, 1 to 100 letters, digits, '-' or '_'; <see langword="null"/> for the other kinds.</param>
public readonly record struct HashKey(HashKeyKind Kind, string? Name = null)
{
    /// <summary>The longest name of a header or cookie: 100.</summary>
    public const int MaxNameLength = 100;

    private const string Header = "header:";
    private const string Cookie = "cookie:";
    private const string SourceAddress = "source-address";
    private const string Path = "path";

    /// <summary>Reads <c>header:NAME</c>, <c>cookie:NAME</c>, <c>source-address</c> or <c>path</c>.</summary>
    /// <param name="text">The text; its first word in any case.</param>
    /// <param name="key">The key; <see langword="default"/> where it is none.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out HashKey key)
    {
        key = text switch
        {
            null => default,
            _ when text.StartsWith(Header, StringComparison.OrdinalIgnoreCase) => new HashKey(HashKeyKind.Header, text[Header.Length..]),
            _ when text.StartsWith(Cookie, StringComparison.OrdinalIgnoreCase) => new HashKey(HashKeyKind.Cookie, text[Cookie.Length..]),
            _ when text.Equals(SourceAddress, StringComparison.OrdinalIgnoreCase) => new HashKey(HashKeyKind.SourceAddress),
            _ when text.Equals(Path, StringComparison.OrdinalIgnoreCase) => new HashKey(HashKeyKind.Path),
            _ => default,
        };
        if (key.Kind is HashKeyKind.Header or HashKeyKind.Cookie && !IsName(key.Name))
        {
            key = default;
            return false;
        }

        return true;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => Kind switch
    {
        HashKeyKind.Header => Header + Name,
        HashKeyKind.Cookie => Cookie + Name,
        HashKeyKind.SourceAddress => SourceAddress,
        _ => Path,
    };

    /// <summary>Whether a header or cookie may be called so here: 1 to <see cref="MaxNameLength"/> letters, digits, '-' or '_'.</summary>
    /// <param name="name">The name.</param>
    public static bool IsName([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= MaxNameLength } && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
