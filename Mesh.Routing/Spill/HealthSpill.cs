namespace Mesh.Spill;

/// <summary>
/// <see cref="SpillOver.Health"/>: as Envoy does between its priorities (<see cref="PriorityLoad"/>), by the part of each level that is healthy, whatever the next one can carry. The clusters of a level
/// share by weight, each up to 1.4 times its part; inside a domain the nearest tiers come first in the same way.
/// </summary>
internal sealed class HealthSpill : ISpillRule
{
    public static readonly HealthSpill Instance = new();

    // Where ejected ones were taken back, since nobody is healthy: a little, so that there is somebody at all.
    private const double Least = 0.01;

    public TierShares Split(SpillTier[] tiers, double now)
    {
        var spares = SpillDomain.OnlySparesAreLeft(tiers);
        var domains = SpillDomain.Of(tiers);
        SpillLevel[] levels =
        [
            .. domains.Where(d => spares || d.Weight != 0).GroupBy(static d => d.Level).Select(g => new SpillLevel([.. g], spares)).Where(static l => l.IsUsable),
        ];
        int[] scores = Array.ConvertAll(levels, static l => PriorityLoad.Score(l.Availability, isUsable: true));
        var panics = PriorityLoad.PanicOf(scores, Array.ConvertAll(levels, static l => l.Availability));
        var loads = levels.Length != 0 && Array.TrueForAll(panics, static p => p) ? PriorityLoad.BySize(Array.ConvertAll(levels, static l => l.Total)) : PriorityLoad.Of(scores);
        var parts = new double[tiers.Length];
        var panic = new bool[tiers.Length];
        for (var i = 0; i < levels.Length; i++)
        {
            foreach (var (domain, part) in levels[i].Split())
            {
                Spread(domain, loads[i] * part, parts);
                panic.AsSpan(domain.First, domain.Count).Fill(panics[i]);
            }
        }

        return new TierShares(parts, panic: panic);
    }

    /// <summary>What a domain carries, tier by tier: the nearest first, and the next what those before it cannot.</summary>
    public static void Spread(in SpillDomain domain, double load, Span<double> parts)
    {
        var scores = new int[domain.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            var tier = domain.Members[i];
            scores[i] = PriorityLoad.Score(tier.Total > 0 ? Math.Min(1, tier.Healthy / tier.Total) : 0, tier.IsUsable);
        }

        var loads = PriorityLoad.Of(scores);
        for (var i = 0; i < loads.Length; i++)
        {
            parts[domain.First + i] = load * loads[i] / 100;
        }
    }

    /// <summary>The domains of one level.</summary>
    private readonly record struct SpillLevel(SpillDomain[] Domains, bool AreSpares)
    {
        public bool IsUsable => Array.Exists(Domains, static d => d.IsUsable);

        /// <summary>The part of it that is healthy, 0 to 1, its clusters counted by weight.</summary>
        public double Availability
        {
            get
            {
                var (sum, weights) = (0d, 0d);
                foreach (var domain in Domains)
                {
                    sum += WeightOf(domain) * domain.Availability;
                    weights += WeightOf(domain);
                }

                return sum / weights;
            }
        }

        public double Total => Domains.Sum(static d => d.Total);

        /// <summary>Which part of the level's load each gets that has somebody; 1 together.</summary>
        public IEnumerable<(SpillDomain Domain, double Part)> Split()
        {
            var level = this;
            var able = Array.ConvertAll(Domains, d => d.IsUsable ? level.WeightOf(d) * Math.Clamp(1.4 * d.Availability, Least, 1) : 0);
            var sum = able.Sum();
            return Domains.Select((d, i) => (d, able[i] / sum));
        }

        private double WeightOf(in SpillDomain domain) => AreSpares ? 1 : domain.Weight;
    }
}
