using Mesh.Decoding;

namespace Mesh.Contributions;

/// <summary>
/// Joins a cluster's Services, EndpointSlices, Nodes and ServiceExports into contributions and hands what changed to the catalog. A slice event rebuilds that slice's
/// segment alone. Watchers call it from their own threads.
/// </summary>
internal sealed class ClusterJoin
{
    private readonly ClusterId _cluster;
    private readonly ICatalogSink _sink;
    private readonly ServiceFilter _filter;
    private readonly SegmentFactory _segments;
    private readonly NodeRegions _regions;
    private readonly ExportBook _exports;
    private readonly ProblemBook _problems;
    private readonly Action<long> _published;

    private readonly Lock _lock = new();
    private readonly Dictionary<ServiceName, ServiceObject> _services = [];
    private readonly Dictionary<ObjectKey, SliceEntry> _slices = [];
    private readonly Dictionary<ServiceName, SortedDictionary<string, SliceEntry>> _slicesOf = [];
    private readonly Dictionary<ServiceName, ServiceContribution> _contributed = [];
    private readonly Dictionary<ServiceName, HashSet<string>> _problemsOf = [];
    private readonly Dictionary<string, string> _skipped = new(StringComparer.Ordinal);
    private readonly HashSet<ServiceName> _dirty = [];
    private readonly HashSet<object> _awaited = [];
    private bool _regionsChanged;
    private bool _isOpen;

    /// <param name="source">The source's name, for problems.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="sink">Where contributions go.</param>
    /// <param name="filter">Which Services are wanted.</param>
    /// <param name="region">The region of endpoints whose Node does not say.</param>
    /// <param name="zone">The zone of endpoints whose slice does not say.</param>
    /// <param name="exportMode">Which services others may use.</param>
    /// <param name="published">Called after changes were published, with the timestamp of their arrival.</param>
    public ClusterJoin(string source, ClusterId cluster, ICatalogSink sink, ServiceFilter filter, string? region, string? zone, ExportMode exportMode, Action<long> published)
    {
        _cluster = cluster;
        _sink = sink;
        _filter = filter;
        _regions = new NodeRegions(region);
        _segments = new SegmentFactory(cluster, zone, _regions);
        _exports = new ExportBook(exportMode);
        _problems = new ProblemBook(sink, source, cluster);
        _published = published;
    }

    /// <summary>Whether the first state was handed over.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock) return _isOpen;
        }
    }

    /// <summary>Whether any service is exported by name.</summary>
    public bool HasExports
    {
        get
        {
            lock (_lock) return !_exports.IsEmpty;
        }
    }

    public WatchedSet<ServiceObject, ServiceObject> AddServices() =>
        Await(new WatchedSet<ServiceObject, ServiceObject>(
            "Service", static s => new ObjectKey(s.Namespace, s.Name), s => _filter.Wants(s.Namespace, s.Name) ? s : null, SetService, this));

    public WatchedSet<SliceObject, SliceEntry> AddSlices() =>
        Await(new WatchedSet<SliceObject, SliceEntry>(
            "EndpointSlice",
            static s => new ObjectKey(s.Namespace, s.Name),
            s => s.ServiceName is { } service && _filter.Wants(s.Namespace, service) ? _segments.Create(s) : null,
            SetSlice,
            this));

    public WatchedSet<ExportObject, ExportObject> AddExports() =>
        Await(new WatchedSet<ExportObject, ExportObject>(
            "ServiceExport", static e => new ObjectKey(e.Namespace, e.Name), e => _filter.Wants(e.Namespace, e.Name) ? e : null, SetExport, this));

    /// <param name="seen">Told of each Node, and with <see langword="null"/> of its end.</param>
    public WatchedSet<NodeObject, NodeObject> AddNodes(Action<string, NodeObject?> seen) =>
        Await(new WatchedSet<NodeObject, NodeObject>(
            "Node",
            static n => new ObjectKey("", n.Name),
            static n => n,
            (key, node) =>
            {
                SetNode(key, node);
                seen(key.Name, node);
            },
            this));

    /// <summary>A watcher has delivered its first list, or is not to be waited for.</summary>
    public void Listed(object set)
    {
        lock (_lock) _awaited.Remove(set);
    }

    /// <summary>An object was left out.</summary>
    public void Skip(string kind, ObjectKey key, string reason)
    {
        lock (_lock)
        {
            var message = $"left out, and what was known of it before is used: {reason}. Look at the object, and at proxies on the way.";
            var subject = Subject(kind, key);
            _skipped[subject] = message;
            if (_isOpen) _problems.Report(subject, message, null);
        }
    }

    /// <summary>Names something that concerns the whole cluster; <see langword="null"/> takes it back.</summary>
    public void SetNotice(string subject, string? message)
    {
        lock (_lock)
        {
            if (message is null)
            {
                Unskip(subject);
                return;
            }

            _skipped[subject] = message;
            if (_isOpen) _problems.Report(subject, message, null);
        }
    }

    /// <summary>Says why ServiceExports cannot be read; <see langword="null"/> takes it back. What is exported stays so.</summary>
    public void SetExportObstacle(string? obstacle)
    {
        lock (_lock)
        {
            if (_exports.Obstacle == obstacle) return;
            _exports.Obstacle = obstacle;
            _dirty.UnionWith(_services.Keys);
        }
    }

    /// <summary>An object is whole again, or gone.</summary>
    public void Unskip(string kind, ObjectKey key)
    {
        lock (_lock) Unskip(Subject(kind, key));
    }

    /// <summary>Hands what changed to the catalog, once every watcher has listed.</summary>
    public void Flush(long arrivedAt)
    {
        lock (_lock)
        {
            if (_regionsChanged) DeriveRegions();
            if (!_isOpen && _awaited.Count == 0) Open();
            else if (_isOpen && _dirty.Count > 0) Publish();
            else return;
        }

        // Outside: who is told has a lock of its own, under which it calls this.
        _published(arrivedAt);
    }

    private T Await<T>(T set)
        where T : class
    {
        _awaited.Add(set);
        return set;
    }

    private void SetService(ObjectKey key, ServiceObject? service)
    {
        lock (_lock)
        {
            var name = new ServiceName(key.Namespace, key.Name);
            if (service is null) _services.Remove(name);
            else _services[name] = service;
            _dirty.Add(name);
        }
    }

    private void SetExport(ObjectKey key, ExportObject? export)
    {
        lock (_lock)
        {
            var name = new ServiceName(key.Namespace, key.Name);
            _exports.Set(name, export);
            _dirty.Add(name);
        }
    }

    private void SetSlice(ObjectKey key, SliceEntry? entry)
    {
        lock (_lock)
        {
            _slices.TryGetValue(key, out var old);
            if (entry is not null)
            {
                // It may have been packed before the Nodes were in.
                var segment = SegmentRegions.Derive(entry.Segment, _regions);
                var unchanged = old is not null && old.Service == entry.Service && segment.ContentEquals(old.Segment);
                if (unchanged && old!.Problem == entry.Problem) return;
                entry = entry with { Segment = unchanged ? old!.Segment : segment };
            }

            if (old is not null && (entry is null || entry.Service != old.Service)) Detach(old.Service, key.Name);
            if (entry is null)
            {
                _slices.Remove(key);
                return;
            }

            _slices[key] = entry;
            Attach(entry, key.Name);
        }
    }

    private void Attach(SliceEntry entry, string slice)
    {
        if (!_slicesOf.TryGetValue(entry.Service, out var slices))
        {
            _slicesOf[entry.Service] = slices = new SortedDictionary<string, SliceEntry>(StringComparer.Ordinal);
        }

        slices[slice] = entry;
        _dirty.Add(entry.Service);
    }

    private void Detach(ServiceName service, string slice)
    {
        var slices = _slicesOf[service];
        slices.Remove(slice);
        if (slices.Count == 0) _slicesOf.Remove(service);
        _dirty.Add(service);
    }

    private void SetNode(ObjectKey key, NodeObject? node)
    {
        lock (_lock) _regionsChanged |= _regions.Set(key.Name, node?.Region);
    }

    private void DeriveRegions()
    {
        _regionsChanged = false;
        foreach (var (key, entry) in _slices.ToList())
        {
            var segment = SegmentRegions.Derive(entry.Segment, _regions);
            if (ReferenceEquals(segment, entry.Segment)) continue;
            var derived = entry with { Segment = segment };
            _slices[key] = derived;
            Attach(derived, key.Name);
        }
    }

    private void Open()
    {
        _isOpen = true;
        _dirty.Clear();
        foreach (var (name, service) in _services)
        {
            if (Check(name)) _contributed[name] = Build(name, service);
        }

        _sink.Reset(_cluster, _contributed.Values);
        _problems.Forget();
        foreach (var (subject, message) in _skipped) _problems.Report(subject, message, null);
        foreach (var name in _services.Keys) NameProblems(name);
    }

    private void Publish()
    {
        List<ServiceName>? gone = null;
        foreach (var name in _dirty)
        {
            if (_services.TryGetValue(name, out var service) && Check(name))
            {
                var contribution = Build(name, service);
                if (!_contributed.TryGetValue(name, out var old) || !ContributionBuilder.AreSame(old, contribution))
                {
                    _contributed[name] = contribution;
                    _sink.Upsert(_cluster, contribution);
                }
            }
            else if (_contributed.Remove(name))
            {
                (gone ??= []).Add(name);
            }

            NameProblems(name);
        }

        _dirty.Clear();
        foreach (var name in gone ?? []) _sink.Remove(_cluster, name);
    }

    private ServiceContribution Build(ServiceName name, ServiceObject service) =>
        _exports.Mark(ContributionBuilder.Build(name, service, _slicesOf.TryGetValue(name, out var slices) ? slices.Values : Enumerable.Empty<SliceEntry>()));

    private static string Subject(string kind, ObjectKey key) => $"{kind} {new ObjectIdentity(Named(key.Namespace), Named(key.Name))}";

    private static string? Named(string text) => text.Length == 0 ? null : text;

    private static bool Check(ServiceName name) => DnsLabel.IsValid(name.Namespace) && DnsLabel.IsValid(name.Name);

    private void NameProblems(ServiceName name)
    {
        HashSet<string>? now = null;
        if (_services.ContainsKey(name))
        {
            if (!Check(name)) Name(Subject("Service", new ObjectKey(name.Namespace, name.Name)), "its name or namespace is no DNS label.");
            if (_slicesOf.TryGetValue(name, out var slices))
            {
                foreach (var (slice, entry) in slices)
                {
                    if (entry.Problem is { } problem) Name(Subject("EndpointSlice", new ObjectKey(name.Namespace, slice)), problem);
                }
            }
        }

        if (_problemsOf.TryGetValue(name, out var before))
        {
            foreach (var subject in before)
            {
                if (now?.Contains(subject) != true && !_skipped.ContainsKey(subject)) _problems.Clear(subject);
            }
        }

        if (now is null) _problemsOf.Remove(name);
        else _problemsOf[name] = now;

        void Name(string subject, string message)
        {
            (now ??= []).Add(subject);
            if (!_skipped.ContainsKey(subject)) _problems.Report(subject, message, name);
        }
    }

    private void Unskip(string subject)
    {
        if (!_skipped.Remove(subject)) return;
        _problems.Clear(subject);
        foreach (var (service, subjects) in _problemsOf)
        {
            if (subjects.Contains(subject)) _dirty.Add(service);
        }
    }
}
