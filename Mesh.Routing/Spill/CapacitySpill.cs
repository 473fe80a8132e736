using Mesh.Retries;

namespace Mesh.Spill;

/// <summary>
/// <see cref="SpillOver.Capacity"/>: what goes to each level by <see cref="SpillLaw"/>, and inside a level as <see cref="HealthSpill"/> shares it out. Reads once a second how busy levels are;
/// a loss of capacity is answered by the next table. Used under the service's lock.
/// </summary>
/// <param name="slowStart">How long the nearest level takes to get all of its share again.</param>
/// <param name="requests">Counts the service's requests.</param>
/// <param name="reporter">Told of each second.</param>
internal sealed class CapacitySpill(TimeSpan slowStart, RequestLoad requests, SpillReporter? reporter = null) : ISpillRule
{
    /// <summary>After a pause of this many seconds nothing that was known holds any more: nobody asked meanwhile.</summary>
    private const double Forgotten = 30;

    /// <summary>A second that took longer, in seconds, was a pause of the process, or of its machine: what was measured by the clock says nothing.</summary>
    private const double MostElapsed = 2.5;

    /// <summary>Who is asked for more than this is not asked to bear second tries either.</summary>
    private const double TooFull = 1.1;

    private SpillLaw _law = new(slowStart.TotalSeconds);
    private LevelLoad[] _levels = [];
    private double _movedAt = double.NaN;
    private uint _requests;

    /// <summary>Tells of it; <see langword="null"/> where nobody asked for it.</summary>
    public SpillReporter? Reporter => reporter;

    /// <summary>What it goes by, in words.</summary>
    public string Describe(SpillTier[] tiers, double now)
    {
        var levels = LevelsOf(tiers);
        return SpillWriter.Write(levels, Read(levels, now, now), _law);
    }

    public TierShares Split(SpillTier[] tiers, double now)
    {
        var levels = LevelsOf(tiers);
        var groups = Read(levels, now, now);
        if (!Array.Exists(groups, static g => g.HasCapacity))
        {
            return HealthSpill.Instance.Split(tiers, now);
        }

        var law = _law.Copy();
        law.Arrange(groups, PlacesBefore(levels));
        return SharesOf(tiers, levels, groups, law, Beyond(tiers, levels, groups, law));
    }

    public void Move(SpillTier[] tiers, double now)
    {
        var elapsed = now - _movedAt;
        if (elapsed > Forgotten)
        {
            _law = new SpillLaw(slowStart.TotalSeconds);
            _levels = [];
        }

        var levels = LevelsOf(tiers);
        var isOrdinary = elapsed <= MostElapsed;
        var calm = levels.Length > 0 ? levels[0].CalmSeconds : double.NaN;
        foreach (var level in levels)
        {
            level.EndSecond(isOrdinary ? elapsed : double.NaN, now, calm);
        }

        var groups = Read(levels, now, isOrdinary ? _movedAt : now);
        if (Array.Exists(groups, static g => g.HasCapacity))
        {
            _law.Arrange(groups, PlacesBefore(levels));
            var count = requests.Requests;
            if (isOrdinary)
            {
                _law.Tick(groups, unchecked(count - _requests) / elapsed, elapsed);
            }

            _requests = count;
            _levels = levels;
            reporter?.OnMoved(levels, _law);
        }

        _movedAt = now;
    }

    // A cluster that dies is known to be dead only after some requests have failed, of each caller anew: those that leave it meanwhile are spread as all will be.
    private static TierShares? Beyond(SpillTier[] tiers, LevelLoad[] levels, GroupLoad[] groups, SpillLaw law)
    {
        if (levels.Length < 3 || law.Fractions[0] < 1 || !groups[0].HasCapacity)
        {
            return null;
        }

        var without = law.Copy();
        GroupLoad[] others = [groups[0] with { Capacity = 0 }, .. groups.AsSpan(1)];
        without.Arrange(others, [.. Enumerable.Range(0, others.Length)]);
        return SharesOf(tiers, levels, others, without, null);
    }

    // What was measured of a level stays with it, wherever it stands now.
    private LevelLoad[] LevelsOf(SpillTier[] tiers)
    {
        var spares = SpillDomain.OnlySparesAreLeft(tiers);
        return
        [
            .. SpillDomain.Of(tiers).Where(d => spares || d.Weight != 0).GroupBy(static d => d.Level)
                .Select(g => LevelLoad.Of([.. g], Array.Find(_levels, l => l.Place.IsSameAs(g.First().Tiers[g.First().First].Layout.Place)))),
        ];
    }

    private static GroupLoad[] Read(LevelLoad[] levels, double now, double since) => Array.ConvertAll(levels, l => l.Read(now, since));

    private int[] PlacesBefore(LevelLoad[] levels) =>
        Array.ConvertAll(levels, level => Array.FindIndex(_levels, before => before.Place.IsSameAs(level.Place)));

    private static TierShares SharesOf(SpillTier[] tiers, LevelLoad[] levels, GroupLoad[] groups, SpillLaw law, TierShares? beyond)
    {
        var parts = new double[tiers.Length];
        var full = new bool[tiers.Length];
        for (var i = 0; i < levels.Length; i++)
        {
            foreach (var (domain, part) in levels[i].Split())
            {
                HealthSpill.Spread(domain, law.Fractions[i] * part, parts);
                full.AsSpan(domain.First, domain.Count).Fill(law.Shed > 0 && groups[i] is { IsReported: true, Utilization: > TooFull } or { IsRefusing: true, Utilization: >= 1 });
            }
        }

        return new TierShares(parts, law.Shed, full) { Beyond = beyond };
    }
}
