using Mesh.Tables;

namespace Mesh.Spill;

/// <summary>Reads how busy a tier is, once a second: by what its endpoints say, else by how they answer.</summary>
internal sealed class TierLoad
{
    /// <summary>Reports that are older, in seconds, say nothing any more.</summary>
    private const double Freshness = 30;

    /// <summary>How much an endpoint's report counts beside newer ones: after this time, in seconds, 37 %.</summary>
    private const double Fading = 5;

    private readonly LatencyStretch _stretch = new();

    /// <summary>The load of a tier now.</summary>
    /// <param name="tier">The tier.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    /// <param name="since">When it was read last.</param>
    public GroupLoad Read(UsableTier tier, double now, double since)
    {
        var (capacity, weights, utilization, age, reports) = (0.0, 0.0, 0.0, 0.0, 0);
        foreach (var endpoint in tier.Endpoints)
        {
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

        var full = 0.0;
        foreach (var member in tier.Layout.Members)
        {
            full += member.Weight;
        }

        return weights > 0
            ? new GroupLoad(capacity, full, utilization / weights, age / weights, IsReported: true, reports)
            : new GroupLoad(capacity, full, _stretch.Utilization, 0, IsReported: false, Reports: 0);
    }

    /// <summary>Takes in how the endpoints have answered in the last second.</summary>
    /// <param name="tier">The tier.</param>
    /// <param name="elapsed">How long it was; NaN where it was no ordinary one.</param>
    public void EndSecond(UsableTier tier, double elapsed)
    {
        if (double.IsNaN(elapsed))
        {
            _stretch.Clear();
            return;
        }

        foreach (var endpoint in tier.Endpoints)
        {
            _stretch.Add(endpoint.Answers.Count, endpoint.Answers.MeanSeconds, endpoint.Answers.CalmSeconds);
        }

        _stretch.Advance(elapsed);
    }
}
