namespace Mesh.Benchmarks.Fleets.Simulation;

/// <summary>A story that happens to a fleet: a calm time, a disturbance, perhaps its end.</summary>
/// <param name="Name">What happens.</param>
/// <param name="Sizes">The pods of each cluster.</param>
/// <param name="Load">The demand of each cluster's callers, as a part of what the cluster can serve.</param>
internal sealed record Scenario(string Name, IReadOnlyList<int> Sizes, IReadOnlyList<double> Load)
{
    /// <summary>When the disturbance comes, in seconds.</summary>
    public const double DisturbedAt = 20;

    /// <summary>How many callers each cluster has.</summary>
    public int Callers { get; init; } = 10;

    /// <summary>Before anything begins.</summary>
    public Action<SimulatedFleet> Prepare { get; init; } = static _ => { };

    /// <summary>The disturbance.</summary>
    public required Action<SimulatedFleet> Disturb { get; init; }

    /// <summary>Its end; <see langword="null"/> where it does not end.</summary>
    public Action<SimulatedFleet>? End { get; init; }

    /// <summary>When it ends, in seconds, or the run.</summary>
    public double EndsAt { get; init; } = 60;

    /// <summary>How long the run goes on after that, in seconds.</summary>
    public double Afterwards { get; init; }

    /// <summary>The cluster whose callers are concerned.</summary>
    public int Concerned { get; init; }

    /// <summary>From when on it is judged, in seconds after the disturbance: nobody has lost anything to go by where load grows.</summary>
    public double JudgedAfter { get; init; } = 2;

    /// <summary>The requirements that are judged by it.</summary>
    public required Requirement[] Judges { get; init; }

    /// <summary>Plays it.</summary>
    /// <param name="rule">The rule that everybody follows.</param>
    /// <param name="seed">Of everything random.</param>
    public Outcome Run(SpillOver rule, int seed)
    {
        using var fleet = new SimulatedFleet(rule, Sizes, Callers, seed);
        for (var c = 0; c < Sizes.Count; c++)
        {
            fleet.Clusters[c].Demand = Load[c] * fleet.Clusters[c].Capacity;
        }

        Prepare(fleet);
        fleet.Time.RunUntil(DisturbedAt);
        Disturb(fleet);
        fleet.Time.RunUntil(EndsAt);
        End?.Invoke(fleet);
        fleet.Time.RunUntil(EndsAt + Afterwards);
        return new Outcome(this, rule, [.. fleet.Seconds.Take((int)(EndsAt + Afterwards))]);
    }
}
