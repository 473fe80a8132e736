using Microsoft.Extensions.Configuration;

namespace Mesh.Configuration;

/// <summary>
/// The section <c>Mesh</c> as it is written now: what of it can be bound, and what is wrong with the rest. The binder would throw at the first value that does not convert, hiding all the
/// other errors, and pass over in silence what has another shape than its option.
/// </summary>
internal sealed class SectionReading
{
    private readonly Dictionary<string, string?> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _errors = [];
    private readonly List<string> _emptyLists = [];

    private SectionReading()
    {
    }

    public IReadOnlyList<string> Errors => _errors;

    public static SectionReading Of(IConfigurationSection section)
    {
        var reading = new SectionReading();
        reading.Read(section, SettingKeys.Mesh, "");
        return reading;
    }

    /// <summary>Sets what is right.</summary>
    public void BindTo(MeshOptions options)
    {
        new ConfigurationBuilder().AddInMemoryCollection(_values).Build().Bind(options);

        // The binder takes an empty list for one that is not said; here it means every other cluster.
        foreach (var list in _emptyLists)
        {
            switch (list.Split(':'))
            {
                case [var section, _] when Is(section, nameof(options.Policy)):
                    options.Policy.Targets = [];
                    break;
                case [_, var service, _]:
                    options.Services[service].Targets = [];
                    break;
            }
        }
    }

    private void Read(IConfigurationSection section, SettingKeys keys, string at)
    {
        if (keys.Kind == SettingKind.Open)
        {
            return;
        }

        var children = section.GetChildren().ToList();
        if (SettingShape.Mismatch(section, children, keys) is { } mismatch)
        {
            _errors.Add($"{section.Path} {mismatch}");
        }
        else if (children.Count > 0)
        {
            ReadChildren(section, children, keys, at);
        }
        else if (keys.ShortFor is { } meant && !string.IsNullOrEmpty(section.Value))
        {
            _values[Below(at, meant)] = section.Value;
        }
        else if (keys.IsValue)
        {
            ReadValue(section, keys.Kind, at);
        }
        else if (at.Length > 0)
        {
            // An empty list or object, or null.
            _values[at] = section.Value;
            if (keys.Kind == SettingKind.List && section.Value is not null)
            {
                _emptyLists.Add(at);
            }
        }
    }

    private void ReadChildren(IConfigurationSection section, List<IConfigurationSection> children, SettingKeys keys, string at)
    {
        foreach (var child in children)
        {
            if ((keys.Each ?? keys.Named.GetValueOrDefault(child.Key)) is { } known)
            {
                Read(child, known, Below(at, child.Key));
            }
            else
            {
                _errors.Add($"{child.Path} is not a setting: {section.Path} has {string.Join(", ", keys.Named.Keys)}.");
            }
        }
    }

    private void ReadValue(IConfigurationSection section, SettingKind kind, string at)
    {
        if (kind == SettingKind.Text)
        {
            _values[at] = section.Value;
        }
        else if (!string.IsNullOrEmpty(section.Value))
        {
            if (SettingValue.Read(kind, section.Value, out var advice) is { } value)
            {
                _values[at] = value;
            }
            else
            {
                _errors.Add($"{section.Path} is '{DnsLabel.Printable(section.Value)}'{advice}");
            }
        }
    }

    private static bool Is(string key, string name) => key.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string Below(string at, string key) => at.Length == 0 ? key : $"{at}:{key}";
}
