using Microsoft.Extensions.Configuration;

namespace Mesh.Configuration;

/// <summary>Whether a setting has the shape of its option: a value, a list or an object.</summary>
internal static class SettingShape
{
    /// <summary>What it is instead, and what to write; <see langword="null"/> where it fits.</summary>
    public static string? Mismatch(IConfigurationSection section, List<IConfigurationSection> children, SettingKeys keys)
    {
        var isText = !string.IsNullOrEmpty(section.Value);
        if (isText && (children.Count > 0 || (!keys.IsValue && keys.ShortFor is null)))
        {
            return keys.IsValue
                ? "is text and has settings below it: write the text alone."
                : $"is text: {(keys.Kind == SettingKind.List ? $"write a list, [ \"{DnsLabel.Printable(section.Value)}\" ]." : Wanted(keys))}";
        }

        if (children.Count == 0)
        {
            return null;
        }

        var isList = children.TrueForAll(static c => IsListKey(c.Key));
        return keys.Kind switch
        {
            SettingKind.List => isList ? null : $"is an object: {Wanted(keys)}",
            SettingKind.Map or SettingKind.Object => isList ? $"is a list: {Wanted(keys)}" : null,
            _ => $"is {(isList ? "a list" : "an object")}: {Wanted(keys)}",
        };
    }

    /// <summary>Whether a key is a place in a list.</summary>
    public static bool IsListKey(string key) => key.All(char.IsAsciiDigit);

    private static string Wanted(SettingKeys keys) => keys.Kind switch
    {
        SettingKind.List => "write a list, [ … ].",
        SettingKind.Map => "write an object, { \"name\": { … } }.",
        SettingKind.Object => $"write an object, {{ … }}, of {string.Join(", ", keys.Named.Keys)}.",
        _ => "write a single value.",
    };
}
