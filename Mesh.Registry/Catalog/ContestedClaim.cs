namespace Mesh.Catalog;

/// <summary>An address of a stale cluster, and the live clusters that show it. Guarded by the index's lock.</summary>
internal sealed class ContestedClaim
{
    private readonly List<(ClusterId Cluster, CatalogCell Cell)> _stale = new(1);
    private readonly List<LiveClaim> _live = [];

    public void AddStale(ClusterId cluster, CatalogCell cell) => _stale.Add((cluster, cell));

    public void AddLive(in LiveClaim claim)
    {
        if (!_live.Contains(claim))
        {
            _live.Add(claim);
        }
    }

    public void RemoveLive(in LiveClaim claim) => _live.Remove(claim);

    /// <summary>The service for which another live cluster shows the address; <see langword="null"/> where none does.</summary>
    public ServiceName? TakenFrom(ClusterId cluster)
    {
        foreach (var claim in _live)
        {
            if (claim.Cluster != cluster)
            {
                return claim.Service;
            }
        }

        return null;
    }

    /// <summary>The cells whose address it was and is no more.</summary>
    public IEnumerable<(ClusterId Cluster, CatalogCell Cell)> Losers => _stale.Where(s => TakenFrom(s.Cluster) is not null);
}
