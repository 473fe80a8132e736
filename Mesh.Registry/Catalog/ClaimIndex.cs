namespace Mesh.Catalog;

/// <summary>
/// Which addresses of stale clusters a live cluster of the same network now shows, for whatever service: addresses are used again, and whoever is stale cannot say so. Kept only while a
/// network has clusters of both kinds, and only for the stale ones' addresses; a change of a service then costs what it changes. Where an address changes hands the services that
/// had it are published anew, so that their routes are laid out again.
/// </summary>
internal sealed class ClaimIndex(CatalogCore core)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Source, ClusterId Cluster), (string Network, bool IsLive)> _claimants = [];
    private Dictionary<AddressClaim, ContestedClaim> _contested = [];
    private volatile bool _isActive;
    private bool _isOutdated;

    /// <summary>How many addresses are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _contested.Count;
            }
        }
    }

    /// <summary>Takes what a source says of a cluster, after readers see it.</summary>
    public void SetCluster(string source, ClusterSnapshot cluster)
    {
        (string Network, bool IsLive)? claimant = cluster switch
        {
            { Network: { } network, Freshness: ClusterFreshness.Live } => (network, true),
            { Network: { } network, Freshness: ClusterFreshness.Stale } => (network, false),
            _ => null,
        };
        SetClaimant((source, cluster.Cluster), claimant);
    }

    /// <summary>The source no longer has the cluster.</summary>
    public void RemoveCluster(string source, ClusterId cluster) => SetClaimant((source, cluster), null);

    /// <summary>A source's part of a service has changed, and readers see it.</summary>
    public void Changed(CatalogCell cell, string source, ClusterId cluster, ServiceContribution? previous, ServiceContribution? next)
    {
        if (!_isActive)
        {
            return;
        }

        HashSet<CatalogCell> affected;
        lock (_lock)
        {
            if (!_isActive || !_claimants.TryGetValue((source, cluster), out var claimant))
            {
                return;
            }

            if (!claimant.IsLive)
            {
                // Rare: its kept state is taken up, or one of its watches alone is broken. Whoever asks next finds the index made anew; who asked since readers saw the change asks again.
                _isOutdated = true;
                affected = [cell];
            }
            else
            {
                affected = _isOutdated ? RebuiltInLock() : UpdatedInLock(new LiveClaim(cluster, source, cell.Name), claimant.Network, previous, next);
            }
        }

        Republish(affected);
    }

    /// <summary>The service for which another, live cluster of the network now shows an address of a stale one; <see langword="null"/> where none does.</summary>
    public ServiceName? TakenBy(ClusterId stale, in AddressClaim claim)
    {
        if (!_isActive)
        {
            return null;
        }

        lock (_lock)
        {
            if (_isOutdated)
            {
                RebuildInLock();
            }

            return _contested.GetValueOrDefault(claim)?.TakenFrom(stale);
        }
    }

    private void SetClaimant((string Source, ClusterId Cluster) key, (string Network, bool IsLive)? claimant)
    {
        HashSet<CatalogCell> affected;
        lock (_lock)
        {
            var known = _claimants.TryGetValue(key, out var before) ? before : ((string, bool)?)null;
            if (known == claimant)
            {
                return;
            }

            if (claimant is { } now)
            {
                _claimants[key] = now;
            }
            else
            {
                _claimants.Remove(key);
            }

            var isNeeded = _claimants.Values.GroupBy(static c => c.Network).Any(static n => n.Any(static c => c.IsLive) && n.Any(static c => !c.IsLive));
            if (!isNeeded && !_isActive)
            {
                return;
            }

            _isActive = isNeeded;
            affected = RebuiltInLock();
        }

        Republish(affected);
    }

    // What a live cluster shows more or less of a service: the cells of the stale ones' services that it concerns.
    private HashSet<CatalogCell> UpdatedInLock(in LiveClaim claim, string network, ServiceContribution? previous, ServiceContribution? next)
    {
        HashSet<CatalogCell> affected = [];
        HashSet<ContestedClaim>? shown = null;
        var before = SegmentsOf(previous, without: next);
        var after = SegmentsOf(next, without: previous);
        foreach (var (contested, isGain) in ContestedIn(network, before).Select(static c => (c, false)).Concat(ContestedIn(network, after).Select(static c => (c, true))))
        {
            var losers = contested.Losers.ToHashSet();
            if (isGain)
            {
                contested.AddLive(claim);
            }
            else if (!(shown ??= [.. ContestedIn(network, SegmentsOf(next, without: null))]).Contains(contested))
            {
                contested.RemoveLive(claim);
            }

            losers.SymmetricExceptWith(contested.Losers);
            affected.UnionWith(losers.Select(static l => l.Cell));
        }

        return affected;
    }

    // All anew: the cells of the services for which that makes a difference.
    private HashSet<CatalogCell> RebuiltInLock()
    {
        var losers = LosersInLock();
        RebuildInLock();
        losers.SymmetricExceptWith(LosersInLock());
        return [.. losers.Select(static l => l.Cell)];
    }

    private HashSet<(AddressClaim Claim, ClusterId Cluster, CatalogCell Cell)> LosersInLock() =>
        [.. _contested.SelectMany(static c => c.Value.Losers.Select(l => (c.Key, l.Cluster, l.Cell)))];

    // Once for each change of a cluster's freshness or network, and after changes of services of a cluster that is stale.
    private void RebuildInLock()
    {
        _isOutdated = false;
        _contested = [];
        if (!_isActive)
        {
            return;
        }

        var networks = _claimants.Values.Where(static c => !c.IsLive).Select(static c => c.Network).ToHashSet(StringComparer.Ordinal);
        foreach (var (cell, contribution, network) in ContributionsInLock(isLive: false))
        {
            foreach (var claim in ClaimsOf(network, contribution.Service.Segments))
            {
                if (!_contested.TryGetValue(claim, out var contested))
                {
                    _contested[claim] = contested = new ContestedClaim();
                }

                contested.AddStale(contribution.Cluster, cell);
            }
        }

        foreach (var (cell, contribution, network) in ContributionsInLock(isLive: true))
        {
            if (networks.Contains(network))
            {
                foreach (var contested in ContestedIn(network, contribution.Service.Segments))
                {
                    contested.AddLive(new LiveClaim(contribution.Cluster, contribution.Source, cell.Name));
                }
            }
        }
    }

    private IEnumerable<(CatalogCell Cell, ClusterContribution Contribution, string Network)> ContributionsInLock(bool isLive)
    {
        foreach (var cell in core.Cells.Awake)
        {
            foreach (var contribution in cell.Contributions)
            {
                if (_claimants.TryGetValue((contribution.Source, contribution.Cluster), out var claimant) && claimant.IsLive == isLive)
                {
                    yield return (cell, contribution, claimant.Network);
                }
            }
        }
    }

    private IEnumerable<ContestedClaim> ContestedIn(string network, IEnumerable<EndpointSegment> segments) =>
        ClaimsOf(network, segments).Select(c => _contested.GetValueOrDefault(c)).OfType<ContestedClaim>();

    private static IEnumerable<AddressClaim> ClaimsOf(string network, IEnumerable<EndpointSegment> segments)
    {
        foreach (var segment in segments)
        {
            for (var i = 0; i < segment.Count; i++)
            {
                foreach (var port in segment.Ports)
                {
                    yield return new AddressClaim(network, segment[i].Address, port.Port);
                }
            }
        }
    }

    // Segments are shared by reference: what both have has not changed.
    private static IEnumerable<EndpointSegment> SegmentsOf(ServiceContribution? contribution, ServiceContribution? without) =>
        contribution is null ? [] : without is null ? contribution.Segments : contribution.Segments.Where(s => !without.Segments.Contains(s));

    private static void Republish(HashSet<CatalogCell> cells)
    {
        foreach (var cell in cells)
        {
            cell.Republish();
        }
    }
}
