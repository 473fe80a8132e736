using System.Diagnostics.CodeAnalysis;

namespace Mesh;

/// <summary>
/// The name rules of Kubernetes: a DNS label (RFC 1123) is 1 to 63 of <c>a-z</c>, <c>0-9</c> and <c>-</c>, not beginning or
/// ending with <c>-</c>. Names in the mesh are lower case; nothing is folded silently.
/// </summary>
public static class DnsLabel
{
    /// <summary>The longest label, in characters.</summary>
    public const int MaxLength = 63;

    /// <summary>Whether <paramref name="text"/> is a DNS label.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.Length > MaxLength || text[0] == '-' || text[^1] == '-')
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Returns <paramref name="text"/> where it is a DNS label.</summary>
    /// <param name="text">The label.</param>
    /// <param name="what">What it names, for the message: <c>cluster</c>, <c>namespace</c>.</param>
    /// <exception cref="FormatException">It is not a DNS label; the message says what, and the rule.</exception>
    public static string Require([NotNull] string? text, string what) =>
        text is not null && IsValid(text)
            ? text
            : throw new FormatException(
                $"'{Printable(text)}' is not a valid {what} name: use 1 to {MaxLength} of a-z, 0-9 and '-', beginning and ending with a letter or digit.");

    /// <summary>The text as it may be shown in a log or an error: control characters replaced, cut at 80 characters.</summary>
    public static string Printable(string? text)
    {
        if (text is null)
        {
            return "(none)";
        }

        var shown = text.Length > 80 ? string.Concat(text.AsSpan(0, 80), "…") : text;
        return string.Create(shown.Length, shown, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? '�' : source[i];
            }
        });
    }
}
