using Mesh.Spill;

namespace Mesh.Tables;

/// <summary>
/// The answer to "where to" for one (service, port, policy) as things are now. Immutable; built when something changed, never for a request.
/// </summary>
internal sealed class RoutingTable(TableLayout layout, long healthEpoch, UsableTier[] tiers, bool isDown, Detour[] detours, TierShares shares)
{
    public TableLayout Layout => layout;

    public EffectivePolicy Policy { get; } = layout.Policy;

    public UsableTier[] Tiers { get; } = tiers;

    public Detour[] Detours { get; } = detours;

    /// <summary>Which part of the requests each tier gets.</summary>
    public TierShares Shares { get; } = shares;

    /// <summary>The tiers as the rule of spill-over saw them.</summary>
    public SpillTier[] Spill { get; init; } = [];

    /// <summary>Whether everybody counts as down, so that nobody is preferred for it.</summary>
    public bool IsDown => isDown;

    /// <summary>The first tier that has somebody; −1 where none has.</summary>
    public int FirstUsable { get; } = Array.FindIndex(tiers, static t => t.Endpoints.Length != 0);

    /// <summary>How many of the clusters are being drained.</summary>
    public int DrainedClusters { get; } = tiers.SelectMany(static t => t.Endpoints).Where(static e => e.Drain > 0).Select(static e => e.Cluster).Distinct().Count();

    /// <summary>Whether anybody's cluster is being drained.</summary>
    public bool HasDrain => DrainedClusters > 0;

    /// <summary>The size of the largest tier.</summary>
    public int LargestTier { get; } = tiers.Select(static t => t.Endpoints.Length).DefaultIfEmpty().Max();

    /// <summary>How a pick ends where no tier has anybody.</summary>
    public PickStatus Otherwise { get; } = layout.StatusWithoutTiers;

    private readonly ServiceSnapshot? _snapshot = layout.Snapshot;
    private readonly long _topology = layout.Topology.Revision;

    /// <summary>Whether what it was laid out from is still so.</summary>
    public bool IsLayoutCurrent(ServiceSnapshot? snapshot, long topology) =>
        ReferenceEquals(snapshot, _snapshot) && topology == _topology && Otherwise != PickStatus.Pending;

    /// <summary>Whether health is still so as well.</summary>
    public bool IsCurrent(ServiceSnapshot? snapshot, long topology, long epoch) => IsLayoutCurrent(snapshot, topology) && epoch == healthEpoch;
}
