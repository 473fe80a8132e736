namespace Mesh.Hashing;

/// <summary>
/// Highest random weight (Thaler, Ravishankar 1998): every pair of key and endpoint has a score, and a key belongs to the endpoint with the best. Needs no table; where an endpoint goes, its keys
/// alone move.
/// </summary>
internal static class Rendezvous
{
    /// <summary>Whose key it is.</summary>
    /// <param name="endpoints">At least one.</param>
    /// <param name="key">The key's hash.</param>
    public static int Pick(ReadOnlySpan<EndpointState> endpoints, ulong key)
    {
        var (best, least) = (0, double.PositiveInfinity);
        for (var i = 0; i < endpoints.Length; i++)
        {
            var cost = Cost(key, endpoints[i].Id, endpoints[i].Weight);
            if (cost < least)
            {
                (best, least) = (i, cost);
            }
        }

        return best;
    }

    /// <summary>
    /// Less is better: −ln(u)/weight of a uniform u, the arrival time of a Poisson process, so that each is first as often as its weight says (Schindelhauer, Schomaker 2005).
    /// </summary>
    public static double Cost(ulong key, ulong id, int weight) => -Math.Log(((Score(key, id) >> 11) + 1) * (1.0 / (1UL << 53))) / weight;

    /// <summary>The score where all weigh the same: more is better, in the order of <see cref="Cost"/>.</summary>
    public static ulong Score(ulong key, ulong id) => ScoreOfMixed(key, KeyHash.Mix(id));

    /// <summary>As <see cref="Score"/>, of an id that was mixed before: the half of the work that is the same for all keys.</summary>
    public static ulong ScoreOfMixed(ulong key, ulong mixed) => KeyHash.Mix(key ^ mixed);
}
