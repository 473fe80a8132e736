using Mesh.Telemetry;

namespace Mesh.Supervision;

/// <summary>What of a source and its clusters is not as it should be now, for metrics.</summary>
internal sealed partial class SourceSink
{
    public IEnumerable<Condition> Conditions
    {
        get
        {
            yield return new Condition("source_failing", (_reported ?? _ended) is not null) { Source = source.Name };
            foreach (var (cluster, share) in _shares)
            {
                yield return Of("connection_not_renewed", core.Clusters.Find(place, cluster)?.RenewalFailure is not null);
                if (share.Kept is { } kept)
                {
                    yield return Of("state_not_used", share.IsStateUnused);
                    yield return Of("state_not_written", kept.IsToldUnwritable);
                }

                Condition Of(string reason, bool holds) => new(reason, holds) { Source = source.Name, Cluster = cluster };
            }
        }
    }
}
