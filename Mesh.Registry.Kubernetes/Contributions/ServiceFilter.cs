namespace Mesh.Contributions;

/// <summary>Which Services are wanted, by name; all where none is named.</summary>
internal sealed class ServiceFilter
{
    // An API server takes long requests, proxies before it may not.
    private const int MaxInSelector = 50;

    // Each is two watches; beyond this, two of the whole cluster cost its API server less.
    private const int MaxNamespaces = 10;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<ServiceName> _services = [];

    /// <param name="services">Names (<c>orders</c>: in every watched namespace) and services (<c>orders.sales</c>).</param>
    public ServiceFilter(IEnumerable<string> services)
    {
        foreach (var text in services)
        {
            if (ServiceName.TryParse(text, out var service)) _services.Add(service);
            else _names.Add(text);
        }
    }

    public bool IsEmpty => _names.Count == 0 && _services.Count == 0;

    public bool Wants(string @namespace, string name) => IsEmpty || _names.Contains(name) || _services.Contains(new ServiceName(@namespace, name));

    /// <summary>The namespaces to watch: of those that are named (all of the cluster where none is) the ones that a wanted Service may be in.</summary>
    /// <param name="named">The configured ones.</param>
    /// <returns>Each once; a single <see langword="null"/> for the whole cluster.</returns>
    public IReadOnlyList<string?> Namespaces(IEnumerable<string> named)
    {
        List<string?> configured = [.. named.Distinct(StringComparer.Ordinal)];
        List<string?> wanted = [.. _services.Select(static s => s.Namespace).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (_names.Count > 0 || wanted.Count == 0) return configured.Count > 0 ? configured : [null];
        if (configured.Count > 0) return configured.Intersect(wanted, StringComparer.Ordinal).ToList();
        return wanted.Count <= MaxNamespaces ? wanted : [null];
    }

    /// <summary>Leaves the choice of Services to the server, where it can make it.</summary>
    public string? FieldSelector(string? @namespace) => Names(@namespace) is { Count: 1 } names ? $"metadata.name={names[0]}" : null;

    /// <summary>Leaves the choice of their slices to the server, where it can make it.</summary>
    public string? SliceSelector(string? @namespace) =>
        Names(@namespace) is { Count: > 0 and <= MaxInSelector } names ? $"kubernetes.io/service-name in ({string.Join(',', names)})" : null;

    private List<string> Names(string? @namespace) =>
        _names.Concat(_services.Where(s => @namespace is null || s.Namespace == @namespace).Select(static s => s.Name)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
}
