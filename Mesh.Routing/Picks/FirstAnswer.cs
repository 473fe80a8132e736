namespace Mesh.Picks;

/// <summary>
/// Whether an endpoint has answered once and not again. The first answer of all may have taken as long as it did since the caller was starting (its code was compiled, the connection made), and a peak fades
/// slowly: with few requests at a time nobody would ask that endpoint again for most of a minute.
/// </summary>
internal struct FirstAnswer
{
    /// <summary>How long the endpoint is left alone after it, in seconds.</summary>
    private const double Pause = 1;

    private double _at;
    private int _state;

    /// <summary>An answer has come.</summary>
    /// <param name="now">Seconds on the router's clock.</param>
    public void Count(double now)
    {
        if (Volatile.Read(ref _state) < 2)
        {
            Volatile.Write(ref _at, now);
            Volatile.Write(ref _state, _state + 1);
        }
    }

    /// <summary>What is known of the endpoint is more than its first answer.</summary>
    public void End() => Volatile.Write(ref _state, 2);

    /// <summary>Whether there was one answer, and it is old enough to ask again.</summary>
    /// <param name="now">Seconds on the router's clock.</param>
    public bool IsAlone(double now) => Volatile.Read(ref _state) == 1 && now - Volatile.Read(ref _at) >= Pause;

    /// <summary>Endpoints whose first answer alone is known, and slower than is usual among the others of their tier, count as usual until the next one; a second slow answer holds.</summary>
    /// <param name="endpoints">The endpoints of a service.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    public static void Forgive(IReadOnlyCollection<EndpointState> endpoints, double now)
    {
        Dictionary<string, double>? usual = null;
        foreach (var endpoint in endpoints)
        {
            if (!endpoint.HasOnlyFirstAnswer(now))
            {
                continue;
            }

            // Found once, however many there are: all of a large service answer for the first time in the same seconds.
            usual ??= Usual(endpoints);
            if (usual.TryGetValue(endpoint.TierName, out var score) && score < endpoint.Score)
            {
                endpoint.ForgiveFirstAnswer(score, now);
            }
        }
    }

    // The lower median of each tier: of two the better one.
    private static Dictionary<string, double> Usual(IEnumerable<EndpointState> endpoints) =>
        endpoints.Where(static e => !double.IsNaN(e.Score)).GroupBy(static e => e.TierName, static e => e.Score, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => g.Order().ElementAt((g.Count() - 1) / 2), StringComparer.Ordinal);
}
