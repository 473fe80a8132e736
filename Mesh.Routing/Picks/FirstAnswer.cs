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

    /// <summary>
    /// Endpoints whose first answer alone is known, and slower than what the quicker quarter of their tier shows, count as those until the next one; a second slow answer holds. Each is looked at once.
    /// </summary>
    /// <param name="endpoints">The endpoints of a service.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    public static void Forgive(IReadOnlyCollection<EndpointState> endpoints, double now)
    {
        Dictionary<string, double[]>? tiers = null;
        foreach (var endpoint in endpoints)
        {
            if (!endpoint.HasOnlyFirstAnswer(now))
            {
                continue;
            }

            tiers ??= endpoints.Where(static e => !double.IsNaN(e.Score)).GroupBy(static e => e.TierName)
                .ToDictionary(static t => t.Key, static t => t.Select(static e => e.Score).Order().ToArray());
            if (tiers.TryGetValue(endpoint.TierName, out var scores) && scores.Length > 1)
            {
                endpoint.ForgiveFirstAnswer(scores[(scores.Length - 1) / 4], now);
            }
        }
    }
}
