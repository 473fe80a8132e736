using System.Collections.Concurrent;

namespace Mesh.Catalog;

/// <summary>
/// Finds the cell of a service. A cell is the same object for as long as somebody holds it: one that nobody contributes to, listens to or is interested
/// in goes dormant, held weakly, so that looking up names that do not exist costs memory for a while only.
/// </summary>
internal sealed class CellDirectory(CatalogCore core)
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<ServiceName, CatalogCell> _cells = new();
    private readonly Dictionary<ServiceName, WeakReference<CatalogCell>> _dormant = [];
    private readonly ConcurrentDictionary<string, byte> _namespaces = new(StringComparer.Ordinal);

    /// <summary>Every cell but the dormant ones.</summary>
    public IEnumerable<CatalogCell> Awake
    {
        get
        {
            // ConcurrentDictionary.Values copies under all its locks; enumerating does not.
            foreach (var (_, cell) in _cells)
            {
                yield return cell;
            }
        }
    }

    public int DormantCount
    {
        get
        {
            lock (_lock)
            {
                return _dormant.Count;
            }
        }
    }

    public CatalogCell GetOrAdd(ServiceName name)
    {
        if (_cells.TryGetValue(name, out var cell))
        {
            return cell;
        }

        lock (_lock)
        {
            if (_cells.TryGetValue(name, out cell))
            {
                return cell;
            }

            if (!_dormant.Remove(name, out var reference) || !reference.TryGetTarget(out cell))
            {
                cell = new CatalogCell(name, core);
            }

            cell.Awake();
            _cells[name] = cell;
            return cell;
        }
    }

    /// <summary>Takes a dormant cell back.</summary>
    public void Promote(CatalogCell cell)
    {
        lock (_lock)
        {
            _dormant.Remove(cell.Name);
            cell.Awake();
            _cells[cell.Name] = cell;
        }
    }

    /// <summary>Holds the cell weakly if nothing needs it.</summary>
    public void Retire(CatalogCell cell)
    {
        lock (_lock)
        {
            if (cell.TryGoDormant() && _cells.TryRemove(cell.Name, out _))
            {
                _dormant[cell.Name] = new WeakReference<CatalogCell>(cell);
            }
        }
    }

    /// <summary>Takes back the dormant cells that their holders used, and forgets those that nobody holds.</summary>
    public List<CatalogCell> SweepDormant()
    {
        List<CatalogCell> used = [];
        lock (_lock)
        {
            foreach (var (name, reference) in _dormant)
            {
                if (!reference.TryGetTarget(out var cell))
                {
                    _dormant.Remove(name);
                }
                else if (cell.TakeUse())
                {
                    used.Add(cell);
                }
            }
        }

        foreach (var cell in used)
        {
            Promote(cell);
        }

        return used;
    }

    /// <summary>Every namespace seen so far, as of now.</summary>
    public ICollection<string> Namespaces => _namespaces.Keys;

    public bool HasNamespace(string @namespace) => _namespaces.ContainsKey(@namespace);

    public void RememberNamespace(string @namespace)
    {
        if (!_namespaces.ContainsKey(@namespace))
        {
            _namespaces.TryAdd(@namespace, 0);
        }
    }
}
