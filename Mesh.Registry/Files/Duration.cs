using System.Globalization;

namespace Mesh.Files;

/// <summary>Reads times as people write them: <c>250ms</c>, <c>1.5s</c>, <c>2m</c>, <c>1h</c>, or <c>00:00:01.5</c>.</summary>
internal static class Duration
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        var (digits, unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], TimeSpan.FromMilliseconds(1)),
            _ when text.EndsWith('s') => (text[..^1], TimeSpan.FromSeconds(1)),
            _ when text.EndsWith('m') => (text[..^1], TimeSpan.FromMinutes(1)),
            _ when text.EndsWith('h') => (text[..^1], TimeSpan.FromHours(1)),
            _ => ("", TimeSpan.Zero),
        };
        if (unit == TimeSpan.Zero)
        {
            // A bare number would be days.
            duration = default;
            return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration) && duration >= TimeSpan.Zero;
        }

        var ok = decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count < 10_000_000;
        duration = ok ? TimeSpan.FromTicks((long)(count * unit.Ticks)) : default;
        return ok;
    }
}
