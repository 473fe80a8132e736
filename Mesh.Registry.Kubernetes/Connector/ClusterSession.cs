using Mesh.Connection;
using Mesh.Contributions;
using Mesh.Decoding;
using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>The watches of one cluster, from the first list for as long as the same cluster answers.</summary>
internal sealed class ClusterSession
{
    private const string NodesSubject = "Nodes";

    private readonly ConnectorContext _context;
    private readonly ICatalogSink _sink;
    private readonly ClusterJoin _join;
    private readonly ApiConnection _connection;
    private readonly ClusterHealth _health;
    private readonly StringPool _pool = new();
    private readonly ServerFeatures _features = new();
    private readonly WatchTarget _nodes = new(ResourceType.Nodes) { MetadataOnly = true };
    private readonly List<WatchTarget> _required = [];
    private readonly List<Func<CancellationToken, Task>> _watchers = [];
    private readonly WatchedSet<NodeObject, NodeObject> _nodeSet;
    private readonly Dictionary<WatchTarget, object> _sets = [];
    private readonly HashSet<ResourceType> _delivering = [];
    private readonly HashSet<WatchTarget> _forbidden = [];
    private readonly SavedClusterState? _saved;
    private ClusterIdentity? _identity;
    private bool _dropOnFailure;

    /// <param name="context">The connector.</param>
    /// <param name="sink">Where contributions go.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="health">Is told how the watches fare.</param>
    /// <param name="replacesOther">Whether the catalog still holds the state of another cluster.</param>
    /// <param name="saved">The state of this cluster that the catalog holds from before the start, or <see langword="null"/>.</param>
    public ClusterSession(ConnectorContext context, ICatalogSink sink, ApiConnection connection, ClusterHealth health, bool replacesOther, SavedClusterState? saved)
    {
        _saved = saved;
        _context = context;
        _sink = sink;
        _connection = connection;
        _health = health;
        _dropOnFailure = replacesOther;
        var options = context.Options;
        var filter = new ServiceFilter(options.Services);
        _join = new ClusterJoin(context.SourceName, context.Cluster, sink, filter, options.Region, options.Zone, options.ExportMode, Published);
        foreach (var ns in filter.Namespaces(options.Namespaces))
        {
            var services = new WatchTarget(ResourceType.Services, ns) { LabelSelector = options.LabelSelector, FieldSelector = filter.FieldSelector(ns) };
            Add(services, new ServiceDecoder(_pool), _join.AddServices(), isRequired: true);
            Add(new WatchTarget(ResourceType.EndpointSlices, ns) { LabelSelector = filter.SliceSelector(ns) }, new SliceDecoder(_pool), _join.AddSlices(), isRequired: true);
        }

        if (options.ExportMode == ExportMode.Exported)
        {
            var exports = new ExportWatch(context, connection, health, _join, filter, _features, _pool, saved);
            _required.AddRange(exports.Targets);
            _watchers.Add(exports.RunAsync);
        }

        Add(_nodes, new NodeDecoder(_pool), _nodeSet = _join.AddNodes(NodeSeen), isRequired: false);
    }

    /// <summary>Runs until cancelled, or until another cluster answers.</summary>
    /// <exception cref="ClusterChangedException">Another cluster answers.</exception>
    public async Task RunAsync(ClusterIdentity identity, CancellationToken cancellationToken)
    {
        _identity = identity;
        if (_context.Options.Namespaces.Count > 0) _join.Listed(_nodeSet);
        _health.Begin(identity, _required, Failed, Opened);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = _watchers.ConvertAll(w => EndAllAsync(w, ending));
        try
        {
            await Task.WhenAll(running).ConfigureAwait(false);
        }
        catch when (running.Find(static t => t.IsFaulted)?.Exception?.InnerException is { } first)
        {
            // The others were only cancelled because of this one.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }
    }

    private static async Task EndAllAsync(Func<CancellationToken, Task> watcher, CancellationTokenSource ending)
    {
        try
        {
            await watcher(ending.Token).ConfigureAwait(false);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Add<T, TKept>(WatchTarget target, IResourceDecoder<T> decoder, WatchedSet<T, TKept> set, bool isRequired)
        where T : IWatchedObject
        where TKept : class
    {
        _sets[target] = set;
        if (isRequired) _required.Add(target);
        var watcher = new ResourceWatcher<T>(target, decoder, _connection, set, _health, _features, _context.Timings, _context.TimeProvider, _context.Random)
        {
            NotOlderThan = _saved?.Notes.GetValueOrDefault(SavedNotes.VersionOf(target)),
        };
        _watchers.Add(watcher.RunAsync);
    }

    private void NodeSeen(string name, NodeObject? node)
    {
        if (name == _context.CallerNode) _health.SetOwnNode(node is null ? null : new Locality(_context.Cluster, node.Region, node.Zone, name));
    }

    private void Opened(WatchTarget target)
    {
        _delivering.Add(target.Type);
        _forbidden.Remove(target);
        if (target == _nodes) _join.SetNotice(NodesSubject, null);
        else PassOverForbidden();
    }

    // One namespace without permission must not hold up the others; where all are without, there is nothing to show.
    private void PassOverForbidden()
    {
        var passed = _forbidden.Where(t => _delivering.Contains(t.Type)).ToList();
        foreach (var target in passed) _join.Listed(_sets[target]);
        if (passed.Count > 0) _join.Flush(_context.TimeProvider.GetTimestamp());
    }

    private void Failed(WatchFailure failure)
    {
        if (failure.Target == _nodes)
        {
            if (failure.Kind == WatchFailureKind.Forbidden)
            {
                var fallback = _context.Options.Region is { } region ? $"region {region}, as configured" : "no region";
                _join.SetNotice(NodesSubject, $"no permission to {failure.Verb} nodes, so endpoints have {fallback}. Grant list and watch on nodes, or set Region.");
            }

            // Regions are not worth waiting for.
            _join.Listed(_nodeSet);
        }
        else if (failure.Kind == WatchFailureKind.Forbidden)
        {
            _forbidden.Add(failure.Target);
            PassOverForbidden();
        }

        if (_dropOnFailure && !_join.IsOpen)
        {
            _dropOnFailure = false;
            _sink.Reset(_context.Cluster, []);
        }

        _join.Flush(_context.TimeProvider.GetTimestamp());
    }

    private void Published(long arrivedAt)
    {
        _dropOnFailure = false;

        // Not sooner: until now the catalog may hold the state of another cluster.
        if (_identity is { } identity)
        {
            _identity = null;
            SavedNotes.Remember(_sink, _context.Cluster, identity);
        }

        _context.Metrics.Published(_context.Cluster, _context.TimeProvider.GetElapsedTime(arrivedAt));
        _sink.MarkSynced();
        _health.Published();
    }
}
