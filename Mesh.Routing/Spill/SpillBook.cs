using Mesh.Tables;

namespace Mesh.Spill;

/// <summary>
/// The rules of spill-over of one service. A rule with a memory is kept for as long as tables follow it, by what it shares out and how: tables of one port, one order of clusters and one slow start
/// have it in common, whichever client asks. Used under the service's lock.
/// </summary>
/// <param name="create">Makes a rule of capacity for what such a layout shares out; where there is a rule that shares out the same in another way, it goes on from what that one knows.</param>
internal sealed class SpillBook(Func<TableLayout, ISpillRule?, ISpillRule> create)
{
    // Clients' policies make orders of their own; one that makes a policy per request must not fill the memory.
    private const int MaxRules = 64;

    // Half a point: what a table is worth being built for.
    private const double Noticeable = 0.005;

    private readonly Dictionary<Key, Entry> _entries = [];
    private volatile SpillReporter[] _reporters = [];

    /// <summary>What the rules of capacity do; to be read without the lock.</summary>
    public IReadOnlyCollection<SpillReporter> Reporters => _reporters;

    /// <summary>The rule of a layout.</summary>
    public ISpillRule RuleOf(TableLayout layout)
    {
        switch (layout.Policy.SpillOver)
        {
            case SpillOver.None:
                return NoSpill.Instance;
            case SpillOver.Health:
                return HealthSpill.Instance;
        }

        var key = Key.Of(layout);
        if (!_entries.TryGetValue(key, out var entry))
        {
            if (_entries.Count >= MaxRules)
            {
                Rest();
                _entries.Clear();
            }

            _entries[key] = entry = new Entry(create(layout, Akin(key)));
            PublishReporters();
        }

        return entry.Rule;
    }

    /// <summary>The rule that a layout would have; one that is made for it is not kept.</summary>
    public ISpillRule Peek(TableLayout layout) => layout.Policy.SpillOver switch
    {
        SpillOver.None => NoSpill.Instance,
        SpillOver.Health => HealthSpill.Instance,
        _ => _entries.TryGetValue(Key.Of(layout), out var entry) ? entry.Rule : create(layout, Akin(Key.Of(layout))),
    };

    /// <summary>A table was built: its rule moves by it from now on.</summary>
    public void OnBuilt(RoutingTable table)
    {
        if (table.Policy.SpillOver == SpillOver.Capacity && _entries.TryGetValue(Key.Of(table.Layout), out var entry))
        {
            entry.Tiers = table.Spill;
            entry.Shares = table.Shares;
        }
    }

    /// <summary>Forgets the rules that no table follows any more: those of policies that have changed.</summary>
    /// <param name="inUse">The layouts of the tables.</param>
    public void Keep(IEnumerable<TableLayout> inUse)
    {
        // One alone is followed by whoever asks.
        if (_entries.Count < 2)
        {
            return;
        }

        var keys = inUse.Select(Key.Of).ToHashSet();
        Key[] gone = [.. _entries.Keys.Where(k => !keys.Contains(k))];
        if (gone.Length > 0 && gone.Length < _entries.Count)
        {
            Array.ForEach(gone, k => _entries.Remove(k));
            PublishReporters();
        }
    }

    /// <summary>A second has passed. Returns whether shares have changed so that tables should be built again.</summary>
    /// <param name="now">Seconds on the router's clock.</param>
    public bool Move(double now)
    {
        var changed = false;
        foreach (var entry in _entries.Values)
        {
            if (Array.Exists(entry.Tiers, static t => t.IsUsable))
            {
                entry.Rule.Move(entry.Tiers, now);
                changed |= entry.Rule.Split(entry.Tiers, now).DistanceTo(entry.Shares) > Noticeable;
            }
            else
            {
                Rest(entry);
            }
        }

        return changed;
    }

    /// <summary>Nothing is asked for any more: what the rules of capacity said of now is no longer so.</summary>
    public void Rest()
    {
        foreach (var entry in _entries.Values)
        {
            Rest(entry);
        }
    }

    private ISpillRule? Akin(Key key) => _entries.FirstOrDefault(e => e.Key.IsAkinTo(key)).Value?.Rule;

    private void PublishReporters() => _reporters = [.. _entries.Values.Select(static e => e.Rule).OfType<CapacitySpill>().Select(static c => c.Reporter).OfType<SpillReporter>()];

    private static void Rest(Entry entry) => (entry.Rule as CapacitySpill)?.Reporter?.Rest();

    private readonly record struct Key(int Port, string Order, TimeSpan SlowStart)
    {
        public static Key Of(TableLayout layout)
        {
            var policy = layout.Policy;
            return new Key(
                layout.Port?.Port?.Port ?? 0,
                $"{layout.View} {policy.Mode} {policy.ZoneBeforeCluster} {string.Join(',', policy.Targets)}",
                policy.SlowStart);
        }

        public bool IsAkinTo(Key other) => Port == other.Port && Order == other.Order;
    }

    private sealed class Entry(ISpillRule rule)
    {
        public ISpillRule Rule => rule;

        public SpillTier[] Tiers { get; set; } = [];

        public TierShares Shares { get; set; } = TierShares.AllTo(-1, 0);
    }
}
