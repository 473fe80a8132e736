using System.Globalization;

namespace Mesh.Configuration;

/// <summary>Reads a single value of the configuration.</summary>
internal static class SettingValue
{
    private const long SecondsOfADay = 86_400;

    /// <summary>The value in the form that the binder reads; <see langword="null"/> where it is none.</summary>
    /// <param name="kind">What it should be.</param>
    /// <param name="text">What is written.</param>
    /// <param name="advice">What to write instead, where it is none.</param>
    public static string? Read(SettingKind kind, string text, out string advice)
    {
        advice = kind switch
        {
            SettingKind.Whole => ": use a whole number.",
            SettingKind.Number => ": use a number.",
            SettingKind.Truth => ": use true or false.",
            SettingKind.Mode => WordAdvice<RoutingMode>(),
            SettingKind.SpillOver => WordAdvice<SpillOver>(),
            SettingKind.SessionAffinity => WordAdvice<SessionAffinity>(),
            _ => TimeAdvice(text),
        };
        return kind switch
        {
            SettingKind.Whole => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? text : null,
            SettingKind.Number => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? text : null,
            SettingKind.Truth => bool.TryParse(text, out _) ? text : null,
            SettingKind.Mode => IsWord<RoutingMode>(text) ? text : null,
            SettingKind.SpillOver => IsWord<SpillOver>(text) ? text : null,
            SettingKind.SessionAffinity => IsWord<SessionAffinity>(text) ? text : null,
            _ => TimeText.TryParse(text, out var time) ? time.ToString("c", CultureInfo.InvariantCulture) : null,
        };
    }

    // Enum.TryParse takes numbers too, which nobody means.
    private static bool IsWord<T>(string text)
        where T : struct, Enum => char.IsAsciiLetter(text[0]) && !text.Contains(',', StringComparison.Ordinal) && Enum.TryParse<T>(text, ignoreCase: true, out _);

    private static string WordAdvice<T>()
        where T : struct, Enum => $": use {string.Join(" or ", Enum.GetNames<T>())}.";

    private static string TimeAdvice(string text)
    {
        const string Forms = "a time such as 500ms, 5s, 2m, 1h or 00:00:05";
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return $": use {Forms}.";
        }

        var asDays = $", a number without a unit, which would mean {number} {(number == 1 ? "day" : "days")}";
        return number <= SecondsOfADay
            ? string.Create(CultureInfo.InvariantCulture, $"{asDays}: write {number}s or {TimeSpan.FromSeconds(number):c} if seconds are meant.")
            : $"{asDays}: use {Forms}.";
    }
}
