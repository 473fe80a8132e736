using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Mesh.Configuration;

/// <summary>A configuration section that the mesh was given. Refuses what nobody can read in it: a mistyped setting must not be silently the default.</summary>
internal sealed class MeshSection(IConfigurationSection section) : IValidateOptions<MeshOptions>
{
    public string Path => section.Path;

    /// <summary>Whether the configuration has anything of that name now.</summary>
    public bool Exists => section.Exists();

    /// <summary>Every value of it with its whole path.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings => section.AsEnumerable().Where(static s => s.Value is not null);

    /// <summary>Fires once, when the configuration has been read again.</summary>
    public IChangeToken GetReloadToken() => section.GetReloadToken();

    /// <summary>Whether a setting of this whole path says a policy.</summary>
    public bool IsPolicy(string key) => IsBelow(key, nameof(MeshOptions.Policy)) || IsBelow(key, nameof(MeshOptions.Services));

    public ValidateOptionsResult Validate(string? name, MeshOptions options)
    {
        var errors = SectionReading.Of(section).Errors;
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private bool IsBelow(string key, string name) =>
        ConfigurationPath.Combine(section.Path, name) is var path && key.StartsWith(path, StringComparison.OrdinalIgnoreCase) && (key.Length == path.Length || key[path.Length] == ':');
}
