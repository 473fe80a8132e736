using Mesh.Retries;

namespace Mesh.Spill;

/// <summary>
/// <see cref="SpillOver.Capacity"/>: what goes to each level by <see cref="SpillLaw"/>, and inside a level as <see cref="HealthSpill"/> shares it out. Reads once a second how busy levels are;
/// a loss of capacity is answered by the next table. Used under the service's lock.
/// </summary>
/// <param name="slowStart">How long the nearest level takes to get all of its share again.</param>
/// <param name="requests">Counts the service's requests.</param>
/// <param name="reporter">Told of each second.</param>
/// <param name="before">A rule that shared out the same, and from whose knowledge it goes on; <see langword="null"/> where there is none.</param>
internal sealed class CapacitySpill(TimeSpan slowStart, RequestLoad requests, SpillReporter? reporter = null, CapacitySpill? before = null) : ISpillRule
{
    /// <summary>After a pause of this many seconds nothing that was known holds any more: nobody asked meanwhile.</summary>
    private const double Forgotten = 30;

    /// <summary>A second that took longer, in seconds, was a pause of the process, or of its machine: what was measured by the clock says nothing.</summary>
    private const double MostElapsed = 2.5;

    /// <summary>Who is asked for more than this is not asked to bear second tries either.</summary>
    private const double TooFull = 1.1;

    private SpillLaw _law = before?._law.Copy(slowStart.TotalSeconds) ?? new SpillLaw(slowStart.TotalSeconds);
    private LevelLoad[] _levels = before is null ? [] : Array.ConvertAll(before._levels, static l => l.Copy());
    private double _movedAt = before?._movedAt ?? double.NaN;
    private uint _requests = before?._requests ?? 0;

    /// <summary>Tells of it; <see langword="null"/> where nobody asked for it.</summary>
    public SpillReporter? Reporter => reporter;

    /// <summary>What it goes by, in words.</summary>
    public string Describe(SpillTier[] tiers, double now)
    {
        var (_, levels, groups) = Read(tiers, LevelsOf(tiers, _levels), now, now);
        return SpillWriter.Write(levels, groups, _law);
    }

    public TierShares Split(SpillTier[] tiers, double now)
    {
        (tiers, var levels, var groups) = Read(tiers, LevelsOf(tiers, _levels), now, now);
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

        var levels = LevelsOf(tiers, _levels);
        var isOrdinary = elapsed <= MostElapsed;
        var calm = levels.Length > 0 ? levels[0].CalmSeconds : double.NaN;
        foreach (var level in levels)
        {
            level.EndSecond(isOrdinary ? elapsed : double.NaN, now, calm);
        }

        (_, levels, var groups) = Read(tiers, levels, now, isOrdinary ? _movedAt : now);
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
    private static LevelLoad[] LevelsOf(SpillTier[] tiers, LevelLoad[] before)
    {
        var spares = SpillDomain.OnlySparesAreLeft(tiers);
        return
        [
            .. SpillDomain.Of(tiers).Where(d => spares || d.Weight != 0).GroupBy(static d => d.Level)
                .Select(g => LevelLoad.Of([.. g], Array.Find(before, l => l.Place.IsSameAs(g.First().Tiers[g.First().First].Layout.Place)))),
        ];
    }

    // Where everybody who lives is full, to leave out those that refuse makes the others fuller still: then they are taken back.
    private static (SpillTier[] Tiers, LevelLoad[] Levels, GroupLoad[] Groups) Read(SpillTier[] tiers, LevelLoad[] levels, double now, double since)
    {
        var groups = Array.ConvertAll(levels, l => l.Read(now, since));
        var (isSomeRefusing, isSomeRoomy) = (false, false);
        for (var i = 0; i < levels.Length; i++)
        {
            isSomeRefusing |= levels[i].HasRefusing && groups[i].IsFull;
            isSomeRoomy |= groups[i].HasCapacity && !groups[i].IsFull;
        }

        if (!isSomeRefusing || isSomeRoomy)
        {
            return (tiers, levels, groups);
        }

        // Who serves nothing stays left out.
        SpillDomain[] full = [.. levels.Where((_, i) => groups[i].IsFull).SelectMany(static l => l.Domains)];
        tiers = [.. tiers.Select((t, i) => Array.Exists(full, d => i >= d.First && i < d.First + d.Count) ? t.WithRefusing() : t)];
        levels = LevelsOf(tiers, levels);
        return (tiers, levels, Array.ConvertAll(levels, l => l.Read(now, since)));
    }

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
                full.AsSpan(domain.First, domain.Count).Fill((!law.IsCalm && groups[i] is { IsReported: true, Utilization: > TooFull }) || groups[i] is { IsRefusing: true, Utilization: >= 1 });
            }
        }

        return new TierShares(parts, law.Shed, full, back: Array.ConvertAll(tiers, static t => t.TakesBack)) { Beyond = beyond };
    }
}
