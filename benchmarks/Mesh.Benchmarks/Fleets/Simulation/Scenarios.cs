namespace Mesh.Benchmarks.Fleets.Simulation;

/// <summary>The stories that every rule is put through. Clusters are of unlike size, and the smallest comes first: alpha with 16 pods, beta with 4, gamma with 8.</summary>
internal static class Scenarios
{
    private const int Alpha = 0;
    private const int Beta = 1;
    private const int Gamma = 2;

    private static readonly int[] Sizes = [16, 4, 8];

    // Together 77 % of what beta and gamma can serve.
    private static readonly double[] WithRoom = [0.35, 0.3, 0.3];

    // Together 120 % of it.
    private static readonly double[] WithoutRoom = [0.6, 0.4, 0.4];

    /// <summary>The largest dies, and the others have room.</summary>
    public static Scenario Fits(int callers) => new($"the largest dies, it fits; callers per cluster: {callers:N0}", Sizes, WithRoom)
    {
        Callers = callers,
        Disturb = static f => Kill(f, Alpha),
        Judges = [Requirement.Fits, Requirement.Settles, Requirement.AnyNumberOfCallers],
    };

    /// <summary>The largest dies, and the others cannot carry it.</summary>
    public static Scenario DoesNotFit(int callers) => new($"the largest dies, it does not fit; callers per cluster: {callers:N0}", Sizes, WithoutRoom)
    {
        Callers = callers,
        Disturb = static f => Kill(f, Alpha),
        Judges = [Requirement.DoesNotFit, Requirement.Settles, Requirement.AnyNumberOfCallers],
    };

    /// <summary>The largest dies and comes back.</summary>
    public static Scenario ComesBack() => new("the largest dies and comes back", Sizes, WithRoom)
    {
        Disturb = static f => Kill(f, Alpha),
        End = static f => Revive(f, Alpha),
        EndsAt = 50,
        Afterwards = 70,
        Judges = [Requirement.Fits, Requirement.ComesBack],
    };

    /// <summary>Three quarters of the largest fail their readiness probes.</summary>
    public static Scenario PartlyLost() => new("three quarters of the largest are no longer ready", Sizes, [0.5, 0.3, 0.3])
    {
        Disturb = static f => f.Withdraw(Alpha, 12),
        Judges = [Requirement.Fits, Requirement.Settles],
    };

    /// <summary>Three quarters of the largest are killed, and stay in the catalog as ready.</summary>
    public static Scenario PartlyKilled() => new("three quarters of the largest are killed", Sizes, [0.5, 0.3, 0.3])
    {
        Disturb = static f => Array.ForEach(f.Clusters[Alpha].Pods[..12], static p => p.Die()),
        JudgedAfter = 5,
        Judges = [Requirement.Fits],
    };

    /// <summary>A cluster becomes slow.</summary>
    public static Scenario Slow() => new("gamma needs three times as long", Sizes, [0.4, 0.3, 0.6])
    {
        Disturb = static f => Each(f, Gamma, static p => p.Slowness = 3),
        Concerned = Gamma,
        JudgedAfter = 10,
        Judges = [Requirement.DoesNotFit],
    };

    /// <summary>One cluster's callers ask for more than it has.</summary>
    public static Scenario FlashCrowd() => new("gamma's callers ask for 160 % of it", Sizes, [0.4, 0.3, 0.4])
    {
        Disturb = static f => f.Clusters[Gamma].Demand *= 4,
        Concerned = Gamma,
        JudgedAfter = 10,
        Judges = [Requirement.DoesNotFit],
    };

    /// <summary>All ask for more than there is.</summary>
    public static Scenario FlashCrowdEverywhere() => new("all ask for 150 % of what there is", Sizes, [0.5, 0.5, 0.5])
    {
        Disturb = static f => Array.ForEach(f.Clusters, static c => c.Demand *= 3),
        JudgedAfter = 10,
        Judges = [Requirement.DoesNotFit],
    };

    /// <summary>Two clusters spill into one.</summary>
    public static Scenario TwoDie() => new("two of three die, the third has room", [8, 8, 16], [0.4, 0.4, 0.35])
    {
        Disturb = static f =>
        {
            Kill(f, Alpha);
            Kill(f, Beta);
        },
        Judges = [Requirement.Fits, Requirement.Settles],
    };

    /// <summary>Two clusters spill into one that cannot carry it.</summary>
    public static Scenario TwoDieWithoutRoom() => new("two of three die, the third has no room", [8, 8, 16], [0.7, 0.7, 0.5])
    {
        Disturb = static f =>
        {
            Kill(f, Alpha);
            Kill(f, Beta);
        },
        Judges = [Requirement.DoesNotFit, Requirement.Settles],
    };

    /// <summary>Reports stop at 1, as those of a processor do.</summary>
    public static Scenario SaturatedReports() => DoesNotFit(10) with
    {
        Name = "it does not fit; reports stop at 100 %",
        Prepare = static f => All(f, static p => p.Says = static truth => Math.Min(1, truth)),
        Judges = [Requirement.DoesNotFit, Requirement.Settles],
    };

    /// <summary>Reports are late.</summary>
    public static Scenario StaleReports() => Fits(10) with
    {
        Name = "it fits; reports are 8 s old",
        Prepare = static f => All(f, static p => p.SaysLate = 8),
        Judges = [Requirement.NoWorseWithoutReports],
    };

    /// <summary>Reports are late where there is no room.</summary>
    public static Scenario StaleReportsWithoutRoom() => DoesNotFit(10) with
    {
        Name = "it does not fit; reports are 8 s old",
        Prepare = static f => All(f, static p => p.SaysLate = 8),
        Judges = [Requirement.NoWorseWithoutReports],
    };

    /// <summary>There are none.</summary>
    public static Scenario NoReports() => Fits(10) with
    {
        Name = "it fits; no reports",
        Prepare = static f => All(f, static p => p.Says = static _ => double.NaN),
        Judges = [Requirement.NoWorseWithoutReports],
    };

    /// <summary>There are none, and no room.</summary>
    public static Scenario NoReportsWithoutRoom(int callers = 10) => DoesNotFit(callers) with
    {
        Name = callers == 10 ? "it does not fit; no reports" : $"it does not fit; no reports; callers per cluster: {callers:N0}",
        Prepare = static f => All(f, static p => p.Says = static _ => double.NaN),
        Judges = [Requirement.NoWorseWithoutReports],
    };

    /// <summary>They stop when the cluster dies.</summary>
    public static Scenario ReportsStop() => Fits(10) with
    {
        Name = "it fits; reports stop with the loss",
        Disturb = static f =>
        {
            Kill(f, Alpha);
            All(f, static p => p.Says = static _ => double.NaN);
        },
        Judges = [Requirement.NoWorseWithoutReports],
    };

    /// <summary>They are wrong.</summary>
    public static Scenario LyingReports() => Fits(10) with
    {
        Name = "it fits; beta always says 30 %, gamma always 150 %",
        Prepare = static f =>
        {
            Each(f, Beta, static p => p.Says = static _ => 0.3);
            Each(f, Gamma, static p => p.Says = static _ => 1.5);
        },
        Judges = [Requirement.NoWorseWithoutReports],
    };

    /// <summary>They are wrong where there is no room: one says it is idle, one that it is far too full.</summary>
    public static Scenario LyingReportsWithoutRoom() => DoesNotFit(10) with
    {
        Name = "it does not fit; beta always says 20 %, gamma always 500 %",
        Prepare = static f =>
        {
            Each(f, Beta, static p => p.Says = static _ => 0.2);
            Each(f, Gamma, static p => p.Says = static _ => 5);
        },
        Judges = [Requirement.NoWorseWithoutReports],
    };

    /// <summary>All of them.</summary>
    public static IEnumerable<Scenario> All() =>
    [
        Fits(1), Fits(10), Fits(1000),
        DoesNotFit(1), DoesNotFit(10), DoesNotFit(1000),
        ComesBack(), PartlyLost(), PartlyKilled(), Slow(), FlashCrowd(), FlashCrowdEverywhere(), TwoDie(), TwoDieWithoutRoom(),
        SaturatedReports(), StaleReports(), StaleReportsWithoutRoom(), NoReports(), NoReportsWithoutRoom(), NoReportsWithoutRoom(1), ReportsStop(), LyingReports(), LyingReportsWithoutRoom(),
    ];

    private static void Kill(SimulatedFleet fleet, int cluster)
    {
        foreach (var pod in fleet.Clusters[cluster].Pods)
        {
            pod.Die();
        }
    }

    private static void Revive(SimulatedFleet fleet, int cluster) => Each(fleet, cluster, static p => p.Live());

    private static void Each(SimulatedFleet fleet, int cluster, Action<Pod> action) => Array.ForEach(fleet.Clusters[cluster].Pods, action);

    private static void All(SimulatedFleet fleet, Action<Pod> action) => Array.ForEach(fleet.Clusters, c => Array.ForEach(c.Pods, action));
}
