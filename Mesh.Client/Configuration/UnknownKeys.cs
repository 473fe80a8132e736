using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Mesh.Configuration;

/// <summary>Refuses keys of the section <c>Mesh</c> that nobody reads: a mistyped setting must not be silently the default.</summary>
internal sealed class UnknownKeys(IConfigurationSection section) : IValidateOptions<MeshOptions>
{
    public IConfigurationSection Section => section;

    public ValidateOptionsResult Validate(string? name, MeshOptions options)
    {
        var errors = new List<string>();
        Check(section, SettingKeys.Mesh, errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void Check(IConfigurationSection section, SettingKeys keys, List<string> errors)
    {
        if (keys.IsOpen)
        {
            return;
        }

        foreach (var child in section.GetChildren())
        {
            if ((keys.Each ?? keys.Named.GetValueOrDefault(child.Key)) is { } known)
            {
                Check(child, known, errors);
            }
            else
            {
                errors.Add(keys.Named.Count == 0
                    ? $"{child.Path} is not a setting: {section.Path} is a single value."
                    : $"{child.Path} is not a setting: {section.Path} has {string.Join(", ", keys.Named.Keys)}.");
            }
        }
    }
}
