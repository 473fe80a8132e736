namespace Mesh;

/// <summary>
/// Collects what is wrong with settings, so that all of it is reported at once. Each message names the setting by its configuration
/// path, what is wrong with it, and what would be right.
/// </summary>
/// <param name="path">The path of the section looked at, such as <c>Mesh:Clusters:beta</c>.</param>
public sealed class SettingErrors(string path)
{
    private readonly List<string> _messages = [];

    private SettingErrors(string path, List<string> messages)
        : this(path) => _messages = messages;

    /// <summary>Every message so far, also those of sections below.</summary>
    public IReadOnlyList<string> Messages => _messages;

    /// <summary>The same collection, for a section below.</summary>
    public SettingErrors In(string section) => new($"{path}:{section}", _messages);

    /// <summary>Adds a message about one setting of this section.</summary>
    public void Add(string setting, string message) => _messages.Add($"{path}:{setting} {message}");

    /// <summary>A DNS label, or not set.</summary>
    public void CheckLabel(string setting, string? value)
    {
        if (value is not null && !DnsLabel.IsValid(value))
        {
            Add(setting, $"is '{DnsLabel.Printable(value)}': use 1 to {DnsLabel.MaxLength} of a-z, 0-9 and '-', beginning and ending with a letter or digit.");
        }
    }

    /// <summary>A time in a range, or not set.</summary>
    public void CheckTime(string setting, TimeSpan? value, TimeSpan least, TimeSpan most)
    {
        if (value is { } time && (time < least || time > most))
        {
            Add(setting, $"is {TimeText.Write(time)}: use a time from {TimeText.Write(least)} to {TimeText.Write(most)}.");
        }
    }

    /// <summary>A number in a range, or not set.</summary>
    public void CheckNumber(string setting, double? value, double least, double most)
    {
        // The negated form also refuses NaN.
        if (value is { } number && !(number >= least && number <= most))
        {
            Add(setting, FormattableString.Invariant($"is {number}: use {least} to {most}."));
        }
    }
}
