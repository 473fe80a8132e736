using System.Collections.Frozen;
using Mesh.Hashing;
using Mesh.Load;
using Mesh.Subsets;

namespace Mesh.Picks;

/// <summary>The algorithms by name: the built-in ones and the application's own, which may replace them.</summary>
internal sealed class PickerCatalog
{
    private readonly FrozenDictionary<string, EndpointPicker> _pickers;

    /// <param name="own">The application's own.</param>
    /// <param name="subsets">The process's choice among many endpoints.</param>
    public PickerCatalog(IReadOnlyDictionary<string, EndpointPicker> own, SubsetChoice subsets)
    {
        var all = new Dictionary<string, EndpointPicker>(StringComparer.Ordinal)
        {
            [LeastRequestPicker.Name] = new LeastRequestPicker(),
            [RoundRobinPicker.Name] = new RoundRobinPicker(),
            [RandomPicker.Name] = new RandomPicker(),
            [RingHashPicker.Name] = new RingHashPicker(),
            [MaglevPicker.Name] = new MaglevPicker(),
            [UtilizationPicker.Name] = new UtilizationPicker(),
        };
        foreach (var (name, picker) in own)
        {
            all[name] = picker;
        }

        // The names that the design's first implementation had.
        all.TryAdd("hashing", all[RingHashPicker.Name]);
        all.TryAdd("least-work", all[LeastRequestPicker.Name]);
        _pickers = all.ToFrozenDictionary(static p => p.Key, EndpointPicker (p) => new TierAlgorithm(p.Value, subsets), StringComparer.Ordinal);
    }

    /// <summary>The known names, for messages.</summary>
    public string Names => string.Join(", ", _pickers.Keys.Order(StringComparer.Ordinal));

    public EndpointPicker? Find(string name) => _pickers.GetValueOrDefault(name);

    /// <summary>Whether an algorithm hashes; <see langword="null"/> of the application's own, which may.</summary>
    public bool? Hashes(string name) => Find(name) is not TierAlgorithm { Algorithm: var algorithm } ? null : algorithm switch
    {
        HashPicker => true,
        LeastRequestPicker or RoundRobinPicker or RandomPicker or UtilizationPicker => false,
        _ => null,
    };
}
