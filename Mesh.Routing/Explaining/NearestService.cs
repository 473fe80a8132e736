using System.Collections.Concurrent;
using Mesh.Files;
using Mesh.Health;

namespace Mesh.Explaining;

/// <summary>
/// Finds the service that an unknown one was meant to be. For a second it keeps the names there are and what it found, and looks for a bounded number: whoever asks for names that nobody has must not make the
/// failures of others dear.
/// </summary>
internal sealed class NearestService(IMeshCatalog catalog, RouterClock clock)
{
    /// <summary>How many names are looked for in a second; of others nothing is said.</summary>
    public const int MostASecond = 64;

    private const double KeptSeconds = 1;

    private volatile Known? _known;

    /// <summary>A service of the same namespace whose name is alike, else one of the same name whose namespace is alike or the only one; <see langword="null"/> where there is none.</summary>
    public ServiceName? Find(ServiceName asked)
    {
        var known = _known;
        var now = clock.Now;
        if (known is null || now - known.At is not (>= 0 and < KeptSeconds))
        {
            _known = known = new Known(now, [.. catalog.Services.Select(static s => s.Name)]);
        }

        if (known.Found.TryGetValue(asked, out var found))
        {
            return found;
        }

        return known.Found.Count < MostASecond ? known.Found.GetOrAdd(asked, static (a, names) => Find(a, names), known.Names) : null;
    }

    private static ServiceName? Find(ServiceName asked, ServiceName[] known)
    {
        var names = new List<string>();
        var namespaces = new List<string>();
        foreach (var service in known)
        {
            if (service.Namespace == asked.Namespace && service.Name != asked.Name)
            {
                names.Add(service.Name);
            }
            else if (service.Name == asked.Name && service.Namespace != asked.Namespace)
            {
                namespaces.Add(service.Namespace);
            }
        }

        if (NearestName.Find(asked.Name, names) is { } name)
        {
            return new ServiceName(asked.Namespace, name);
        }

        var @namespace = NearestName.Find(asked.Namespace, namespaces) ?? (namespaces.Count == 1 ? namespaces[0] : null);
        return @namespace is null ? null : new ServiceName(@namespace, asked.Name);
    }

    private sealed record Known(double At, ServiceName[] Names)
    {
        public ConcurrentDictionary<ServiceName, ServiceName?> Found { get; } = new();
    }
}
