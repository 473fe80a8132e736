namespace Mesh.Orca;

/// <summary>
/// Reads an ORCA report in its three forms: <c>TEXT cpu_utilization=0.3, rps_fractional=20</c>, <c>JSON {"cpu_utilization": 0.3}</c> and <c>BIN</c> with the base64 of an <c>xds.data.orca.v3.OrcaLoadReport</c>; without a
/// word before it a text. What cannot be read says nothing; no value of a header makes it throw.
/// </summary>
internal static class OrcaReport
{
    /// <summary>The longest value that is read, in characters: a report has a few dozen.</summary>
    public const int MaxLength = 8192;

    /// <summary>Reads the value of <c>endpoint-load-metrics</c>.</summary>
    public static bool TryRead(ReadOnlySpan<char> value, out LoadReport report)
    {
        report = default;
        value = value.Trim();
        if (value.Length > MaxLength)
        {
            return false;
        }

        var space = value.IndexOf(' ');
        var form = space < 0 ? default : value[..space];
        var rest = value[(space + 1)..].Trim();
        var fields = OrcaFields.None;
        var isRead = form.Equals("TEXT", StringComparison.OrdinalIgnoreCase) ? OrcaText.TryRead(rest, ref fields)
            : form.Equals("JSON", StringComparison.OrdinalIgnoreCase) ? OrcaJson.TryRead(rest, ref fields)
            : form.Equals("BIN", StringComparison.OrdinalIgnoreCase) ? OrcaBinary.TryRead(rest, ref fields)
            : value.StartsWith("{") ? OrcaJson.TryRead(value, ref fields)
            : OrcaText.TryRead(value, ref fields);
        return isRead && fields.TryGetReport(out report);
    }

    /// <summary>Reads the value of <c>endpoint-load-metrics-bin</c>.</summary>
    public static bool TryReadBinary(ReadOnlySpan<char> value, out LoadReport report)
    {
        report = default;
        var fields = OrcaFields.None;
        return value.Length <= MaxLength && OrcaBinary.TryRead(value.Trim(), ref fields) && fields.TryGetReport(out report);
    }
}
