using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Mesh.Configuration;

/// <summary>A configuration section that the mesh was given. Refuses what nobody can read in it: a mistyped setting must not be silently the default.</summary>
internal sealed class MeshSection(IConfigurationSection section) : IValidateOptions<MeshOptions>
{
    public string Path => section.Path;

    /// <summary>Whether the configuration has anything of that name now.</summary>
    public bool Exists => section.Exists();

    public ValidateOptionsResult Validate(string? name, MeshOptions options)
    {
        var errors = SectionReading.Of(section).Errors;
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
