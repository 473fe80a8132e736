using System.Globalization;

namespace Mesh.Orca;

/// <summary>Reads <c>cpu_utilization=0.3, rps_fractional=20</c>; a colon does as well.</summary>
internal static class OrcaText
{
    public static bool TryRead(ReadOnlySpan<char> text, ref OrcaFields fields)
    {
        foreach (var range in text.Split(','))
        {
            var part = text[range];
            var separator = part.IndexOfAny('=', ':');
            if (separator > 0 && double.TryParse(part[(separator + 1)..].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                fields.Set(part[..separator].Trim(), value);
            }
        }

        return true;
    }
}
