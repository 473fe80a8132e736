using System.Collections.Immutable;

namespace Mesh.Merging;

/// <summary>
/// Makes one service of what clusters contribute. A pure function of the contributions, whatever the order of their arrival (KEP-1645): ports are a union;
/// where clusters disagree the oldest export decides, ties by cluster name. Ports that are not exported come last, so that they never override.
/// </summary>
internal static class ServiceMerger
{
    /// <param name="name">The service.</param>
    /// <param name="revision">The snapshot's revision.</param>
    /// <param name="now">When it is published.</param>
    /// <param name="contributions">Ordered by cluster, then source.</param>
    /// <param name="previous">The snapshot before, whose parts are used again where they are the same.</param>
    public static ServiceSnapshot Merge(
        ServiceName name,
        long revision,
        DateTimeOffset now,
        ImmutableArray<ClusterContribution> contributions,
        ServiceSnapshot? previous)
    {
        var ordered = contributions.Length == 1 ? contributions : Precedence.Order(contributions);
        var conflicts = ImmutableArray.CreateBuilder<ServiceConflict>(0);
        var ports = PortMerger.Merge(ordered, conflicts);
        if (previous is not null && ports.AsSpan().SequenceEqual(previous.Ports.AsSpan()))
        {
            ports = previous.Ports;
        }

        return new ServiceSnapshot(name, revision, now, ports, EndpointDeduplicator.Deduplicate(contributions))
        {
            Policy = MergePolicies(ordered, conflicts),
            Conflicts = conflicts.DrainToImmutable(),
        };
    }

    private static ServicePolicy MergePolicies(ImmutableArray<ClusterContribution> ordered, ImmutableArray<ServiceConflict>.Builder conflicts)
    {
        var policy = ServicePolicy.Empty;
        ClusterContribution? first = null;
        foreach (var contribution in ordered)
        {
            if (contribution.Service is not { Invalid: null, Policy: { } own })
            {
                continue;
            }

            policy = policy.Or(own);
            first ??= contribution;
            if (contribution.Service.IsExported && own.Or(policy) != policy)
            {
                conflicts.Add(new ServiceConflict(
                    contribution.Source,
                    contribution.Cluster,
                    $"Its routing policy ({own}) says something else than that of cluster {first.Cluster} ({policy}), {Precedence.Reason(first, contribution)}"));
            }
        }

        return policy;
    }
}
