using System.Globalization;

namespace Mesh.Drafts;

/// <summary>Reads <c>10.0.0.1</c>, <c>10.0.0.1:8080</c>, <c>[fd00::1]:8080</c>, <c>fd00::1</c>, <c>db.example.com:5432</c>.</summary>
internal static class AddressAndPort
{
    public static bool TryParse(string? text, out EndpointAddress address, out int? port)
    {
        address = default;
        port = null;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var colon = text.LastIndexOf(':');
        if (text[0] == '[')
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            return close > 0
                && EndpointAddress.TryParse(text[1..close], out address)
                && address.Kind == EndpointAddressKind.IPv6
                && (close == text.Length - 1 || (colon == close + 1 && TryPort(text.AsSpan(colon + 1), out port)));
        }

        var isPlain = colon < 0 || text.AsSpan(0, colon).Contains(':');
        return isPlain
            ? EndpointAddress.TryParse(text, out address)
            : EndpointAddress.TryParse(text[..colon], out address) && TryPort(text.AsSpan(colon + 1), out port);
    }

    private static bool TryPort(ReadOnlySpan<char> text, out int? port)
    {
        var ok = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535;
        port = ok ? number : null;
        return ok;
    }
}
