using Mesh.Tiers;

namespace Mesh.Spill;

/// <summary>A level as the law of capacity sees it, and how busy it is: by what its endpoints say, else by how they answer.</summary>
internal sealed class LevelLoad
{
    /// <summary>Reports that are older, in seconds, say nothing any more.</summary>
    private const double Freshness = 30;

    /// <summary>How much an endpoint's report counts beside newer ones: after this time, in seconds, 37 %.</summary>
    private const double Fading = 2;

    private readonly SpillDomain[] _domains;
    private readonly OwnEvidence _own;

    private LevelLoad(SpillDomain[] domains, OwnEvidence own) => (_domains, _own) = (domains, own);

    /// <summary>What shares its load.</summary>
    public IReadOnlyList<SpillDomain> Domains => _domains;

    /// <summary>The place of its first tier.</summary>
    public TierPlace Place => _domains[0].Tiers[_domains[0].First].Layout.Place;

    /// <summary>What it is called in words: each cluster of it, where several share it.</summary>
    public string Name => string.Join(" + ", _domains.Select(static d => d.Tiers[d.First].Layout.Place).Select(static p => p.IsOwn ? "own cluster" : p.Name));

    /// <summary>How long its endpoints take while they are calm, in seconds, whether they may be picked now or not; NaN where that is not known.</summary>
    public double CalmSeconds
    {
        get
        {
            var (sum, count) = (0.0, 0);
            foreach (var tier in Tiers)
            {
                foreach (var member in tier.Layout.Members)
                {
                    if (member.Answers.CalmSeconds > 0)
                    {
                        (sum, count) = (sum + member.Answers.CalmSeconds, count + 1);
                    }
                }
            }

            return count > 0 ? sum / count : double.NaN;
        }
    }

    /// <summary>A level of a table; what was measured before goes on in it.</summary>
    /// <param name="domains">What shares its load, at least one.</param>
    /// <param name="before">The same level of an earlier table, or <see langword="null"/>.</param>
    public static LevelLoad Of(SpillDomain[] domains, LevelLoad? before) => new(domains, before?._own ?? new OwnEvidence());

    /// <summary>One that goes on from here by itself.</summary>
    public LevelLoad Copy() => new(_domains, _own.Copy());

    /// <summary>Its load now.</summary>
    /// <param name="now">Seconds on the router's clock.</param>
    /// <param name="since">When it was read last.</param>
    public GroupLoad Read(double now, double since)
    {
        var (capacity, full, back) = (0.0, 0.0, 0.0);
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
                // Ejected ones may have been taken back for want of others: those count only where they do no more than refuse.
                var isBack = tier.TakesBack && endpoint.IsEjectedForAnswers;
                back += isBack ? endpoint.Weight : 0;
                capacity += isBack || !endpoint.IsEjected ? endpoint.Weight : 0;
            }
        }

        // What the own requests show wins over what is said against it.
        var (said, age, reports) = Reported(now, since);
        return !double.IsNaN(said) && _own.Believes(said)
            ? new GroupLoad(capacity, full, said, age, IsReported: true, reports, _own.Refused, IsFull: _own.IsFull || (said >= SpillSettings.Nearly && age <= SpillSettings.TrustedAge), TakenBack: back)
            : new GroupLoad(capacity, full, _own.Utilization, 0, IsReported: false, Reports: 0, _own.Refused, _own.IsRefusing, _own.IsFull, back);
    }

    /// <summary>Whether any of its endpoints is left out only for answers that it gave.</summary>
    public bool HasRefusing => Tiers.Any(static t => t.Refusing.Length != 0);

    /// <summary>Takes in how its endpoints have answered in the last second.</summary>
    /// <param name="elapsed">How long it was; NaN where it was no ordinary one.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    /// <param name="calm">How long the nearest level's endpoints take while they are calm, in seconds; NaN = not known.</param>
    public void EndSecond(double elapsed, double now, double calm)
    {
        if (double.IsNaN(elapsed))
        {
            _own.Clear();
            return;
        }

        foreach (var tier in Tiers)
        {
            // Whoever was ejected in this second has answered in it as well.
            foreach (var endpoint in tier.Layout.Members)
            {
                _own.Add(endpoint.Answers);
            }
        }

        _own.Advance(elapsed, Reported(now, now).Utilization, calm);
    }

    /// <summary>Which part of its load each domain gets: by weight, each up to 1.4 times its healthy part.</summary>
    public IEnumerable<(SpillDomain Domain, double Part)> Split()
    {
        var able = Array.ConvertAll(_domains, static d => d.IsUsable ? Math.Max(1, d.Weight) * Math.Clamp(SpillSettings.Overprovisioning * d.Availability, 0.01, 1) : 0);
        var sum = able.Sum();
        return _domains.Select((d, i) => (d, sum > 0 ? able[i] / sum : 1.0 / _domains.Length));
    }

    // What its endpoints say, the newer the more it counts; NaN where nobody has lately.
    private (double Utilization, double Age, int Reports) Reported(double now, double since)
    {
        var (weights, utilization, age, reports) = (0.0, 0.0, 0.0, 0);
        foreach (var tier in Tiers)
        {
            foreach (var endpoint in tier.Usable)
            {
                ref readonly var load = ref endpoint.Load;
                var old = load.AgeAt(now);
                if (old <= Freshness && (!endpoint.IsEjected || (tier.TakesBack && endpoint.IsEjectedForAnswers)))
                {
                    var weight = endpoint.Weight * Math.Exp(-old / Fading);
                    weights += weight;
                    utilization += weight * load.Utilization;
                    age += weight * old;
                    reports += old <= now - since ? 1 : 0;
                }
            }
        }

        return weights > 0 ? (utilization / weights, age / weights, reports) : (double.NaN, 0, 0);
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
