using Mesh.Tiers;

namespace Mesh.Spill;

/// <summary>A level as the law of capacity sees it, and how busy it is: by what its endpoints say, else by how they answer.</summary>
internal sealed class LevelLoad
{
    /// <summary>Reports that are older, in seconds, say nothing any more.</summary>
    private const double Freshness = 30;

    /// <summary>How much an endpoint's report counts beside newer ones: after this time, in seconds, 37 %.</summary>
    private const double Fading = 2;

    /// <summary>Whoever says no more than this …</summary>
    private const double Unlikely = 0.7;

    /// <summary>… is not believed from this on.</summary>
    private const double Strained = 1.5;

    private readonly SpillDomain[] _domains;
    private readonly LatencyStretch _stretch;

    private LevelLoad(SpillDomain[] domains, LatencyStretch stretch) => (_domains, _stretch) = (domains, stretch);

    /// <summary>The place of its first tier.</summary>
    public TierPlace Place => _domains[0].Tiers[_domains[0].First].Layout.Place;

    /// <summary>A level of a table; what was measured before goes on in it.</summary>
    /// <param name="domains">What shares its load, at least one.</param>
    /// <param name="before">The same level of an earlier table, or <see langword="null"/>.</param>
    public static LevelLoad Of(SpillDomain[] domains, LevelLoad? before) => new(domains, before?._stretch ?? new LatencyStretch());

    /// <summary>Its load now.</summary>
    /// <param name="now">Seconds on the router's clock.</param>
    /// <param name="since">When it was read last.</param>
    public GroupLoad Read(double now, double since)
    {
        var (capacity, full, weights, utilization, age, reports) = (0.0, 0.0, 0.0, 0.0, 0.0, 0);
        foreach (var tier in Tiers)
        {
            var members = 0.0;
            foreach (var member in tier.Layout.Members)
            {
                members += member.Weight;
            }

            // Those that are not ready count as the others of their tier do.
            full += members * (1 + ((double)tier.Layout.Missing / Math.Max(1, tier.Layout.Members.Length)));
            foreach (var endpoint in tier.Usable)
            {
                // Ejected, and taken back for want of others.
                if (endpoint.IsEjected)
                {
                    continue;
                }

                capacity += endpoint.Weight;
                ref readonly var load = ref endpoint.Load;
                var old = load.AgeAt(now);
                if (old <= Freshness)
                {
                    var weight = endpoint.Weight * Math.Exp(-old / Fading);
                    weights += weight;
                    utilization += weight * load.Utilization;
                    age += weight * old;
                    reports += old <= now - since ? 1 : 0;
                }
            }
        }

        // Whoever says that it has room while its answers take three times as long is not believed.
        return weights > 0 && !(utilization / weights <= Unlikely && _stretch.Utilization >= Strained)
            ? new GroupLoad(capacity, full, utilization / weights, age / weights, IsReported: true, reports)
            : new GroupLoad(capacity, full, _stretch.Utilization, 0, IsReported: false, Reports: 0);
    }

    /// <summary>Takes in how its endpoints have answered in the last second.</summary>
    /// <param name="elapsed">How long it was; NaN where it was no ordinary one.</param>
    public void EndSecond(double elapsed)
    {
        if (double.IsNaN(elapsed))
        {
            _stretch.Clear();
            return;
        }

        foreach (var tier in Tiers)
        {
            foreach (var endpoint in tier.Usable)
            {
                _stretch.Add(endpoint.Answers.Count, endpoint.Answers.MeanSeconds, endpoint.Answers.CalmSeconds);
            }
        }

        _stretch.Advance(elapsed);
    }

    /// <summary>Which part of its load each domain gets: by weight, each up to 1.4 times its healthy part.</summary>
    public IEnumerable<(SpillDomain Domain, double Part)> Split()
    {
        var able = Array.ConvertAll(_domains, static d => d.IsUsable ? Math.Max(1, d.Weight) * Math.Clamp(SpillSettings.Overprovisioning * d.Availability, 0.01, 1) : 0);
        var sum = able.Sum();
        return _domains.Select((d, i) => (d, sum > 0 ? able[i] / sum : 1.0 / _domains.Length));
    }

    private IEnumerable<SpillTier> Tiers
    {
        get
        {
            foreach (var domain in _domains)
            {
                for (var i = domain.First; i < domain.First + domain.Count; i++)
                {
                    yield return domain.Tiers[i];
                }
            }
        }
    }
}
