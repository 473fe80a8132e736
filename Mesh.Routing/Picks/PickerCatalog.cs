using System.Collections.Frozen;
using Mesh.Hashing;

namespace Mesh.Picks;

/// <summary>The algorithms by name: the built-in ones and the application's own, which may replace them.</summary>
internal sealed class PickerCatalog
{
    private readonly FrozenDictionary<string, EndpointPicker> _pickers;

    public PickerCatalog(IReadOnlyDictionary<string, EndpointPicker> own)
    {
        var all = new Dictionary<string, EndpointPicker>(StringComparer.Ordinal)
        {
            [LeastRequestPicker.Name] = new LeastRequestPicker(),
            [RoundRobinPicker.Name] = new RoundRobinPicker(),
            [RandomPicker.Name] = new RandomPicker(),
            [RingHashPicker.Name] = new RingHashPicker(),
            [MaglevPicker.Name] = new MaglevPicker(),
        };
        foreach (var (name, picker) in own)
        {
            all[name] = picker;
        }

        _pickers = all.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The known names, for messages.</summary>
    public string Names => string.Join(", ", _pickers.Keys.Order(StringComparer.Ordinal));

    public EndpointPicker? Find(string name) => _pickers.GetValueOrDefault(name);
}
