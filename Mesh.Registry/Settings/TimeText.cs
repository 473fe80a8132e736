using System.Globalization;

namespace Mesh;

/// <summary>Times as people write them, in configuration, in catalog files and in messages: <c>250ms</c>, <c>1.5s</c>, <c>2m</c>, <c>1h</c>, or <c>00:00:01.5</c>.</summary>
public static class TimeText
{
    /// <summary>Reads a time. A bare number is none: in .NET it would be days, which nobody means.</summary>
    /// <param name="text">The text.</param>
    /// <param name="time">The time, zero or more.</param>
    public static bool TryParse(string text, out TimeSpan time)
    {
        ArgumentNullException.ThrowIfNull(text);
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
            time = default;
            return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time) && time >= TimeSpan.Zero;
        }

        var ok = decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count < 10_000_000;
        time = ok ? TimeSpan.FromTicks((long)(count * unit.Ticks)) : default;
        return ok;
    }

    /// <summary>Writes a time in the largest unit in which it is a whole number; else in seconds, or below one second in milliseconds.</summary>
    public static string Write(TimeSpan time)
    {
        var (unit, name) = time.Ticks switch
        {
            0 => (TimeSpan.TicksPerSecond, "s"),
            var t when t % TimeSpan.TicksPerHour == 0 => (TimeSpan.TicksPerHour, "h"),
            var t when t % TimeSpan.TicksPerMinute == 0 => (TimeSpan.TicksPerMinute, "m"),
            var t when t is > -TimeSpan.TicksPerSecond and < TimeSpan.TicksPerSecond => (TimeSpan.TicksPerMillisecond, "ms"),
            _ => (TimeSpan.TicksPerSecond, "s"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)time.Ticks / unit:0.#######}{name}");
    }
}
