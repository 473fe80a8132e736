namespace Mesh.Catalog;

/// <summary>An address of a stale cluster, and the live clusters that show it. Guarded by the index's lock.</summary>
internal sealed class ContestedClaim
{
    private readonly List<(ClusterId Cluster, CatalogCell Cell)> _stale = new(1);
    private readonly Dictionary<ClusterId, HashSet<LiveClaim>> _live = [];

    public void AddStale(ClusterId cluster, CatalogCell cell) => _stale.Add((cluster, cell));

    public void AddLive(in LiveClaim claim)
    {
        if (!_live.TryGetValue(claim.Cluster, out var claims))
        {
            _live[claim.Cluster] = claims = [];
        }

        claims.Add(claim);
    }

    public void RemoveLive(in LiveClaim claim)
    {
        if (_live.TryGetValue(claim.Cluster, out var claims) && claims.Remove(claim) && claims.Count == 0)
        {
            _live.Remove(claim.Cluster);
        }
    }

    /// <summary>The service for which another live cluster shows the address; <see langword="null"/> where none does.</summary>
    public ServiceName? TakenFrom(ClusterId cluster)
    {
        foreach (var (other, claims) in _live)
        {
            if (other != cluster)
            {
                return claims.First().Service;
            }
        }

        return null;
    }

    /// <summary>The cells whose address it was and is no more.</summary>
    public IEnumerable<(ClusterId Cluster, CatalogCell Cell)> Losers => _stale.Where(s => TakenFrom(s.Cluster) is not null);
}
