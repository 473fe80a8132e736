namespace Mesh.Endpoints;

/// <summary>The distinct names of one segment, numbered from 1; 0 stands for none.</summary>
internal sealed class SegmentNames
{
    private readonly Dictionary<string, ushort> _indices = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    public ushort IndexOf(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return 0;
        }

        if (!_indices.TryGetValue(name, out var index))
        {
            // 65,535 distinct names in one slice is far beyond what any platform writes; what exceeds it stays without a name.
            if (_names.Count == ushort.MaxValue)
            {
                return 0;
            }

            _names.Add(name);
            _indices[name] = index = (ushort)_names.Count;
        }

        return index;
    }

    public string[] ToArray() => _names.ToArray();
}
