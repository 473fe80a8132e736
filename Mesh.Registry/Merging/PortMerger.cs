using System.Collections.Immutable;

namespace Mesh.Merging;

/// <summary>The union of ports: deduplicated by name, then by (protocol, port); who comes first decides.</summary>
internal static class PortMerger
{
    /// <param name="ordered">The contributions, first the one whose word holds.</param>
    /// <param name="conflicts">Where ports whose word does not hold are said.</param>
    public static ImmutableArray<ServicePort> Merge(ImmutableArray<ClusterContribution> ordered, ImmutableArray<ServiceConflict>.Builder conflicts)
    {
        if (AllAgree(ordered, out var same))
        {
            return same;
        }

        List<(ServicePort Port, ClusterContribution By)> merged = [];
        foreach (var contribution in ordered)
        {
            if (contribution.Service.Invalid is not null)
            {
                continue;
            }

            foreach (var port in contribution.Service.Ports)
            {
                var taken = merged.FindIndex(m => m.Port.Name == port.Name);
                taken = taken >= 0 ? taken : merged.FindIndex(m => m.Port.Protocol == port.Protocol && m.Port.Port == port.Port);
                if (taken < 0)
                {
                    merged.Add((port, contribution));
                }
                else if (merged[taken].Port != port && contribution.Service.IsExported)
                {
                    conflicts.Add(new ServiceConflict(
                        contribution.Source,
                        contribution.Cluster,
                        $"Its port {Written(port)} is {Written(merged[taken].Port)} in cluster {merged[taken].By.Cluster}, {Precedence.Reason(merged[taken].By, contribution)}"));
                }
            }
        }

        return [.. merged.Select(static m => m.Port)];
    }

    // The usual case, and it allocates nothing: every cluster says the same.
    private static bool AllAgree(ImmutableArray<ClusterContribution> ordered, out ImmutableArray<ServicePort> ports)
    {
        ports = [];
        var found = false;
        foreach (var contribution in ordered)
        {
            if (contribution.Service.Invalid is not null)
            {
                continue;
            }

            var own = contribution.Service.Ports;
            if (!found)
            {
                ports = own;
                found = true;
            }
            else if (ports != own && !ports.AsSpan().SequenceEqual(own.AsSpan()))
            {
                return false;
            }
        }

        return true;
    }

    private static string Written(ServicePort port) =>
        $"{(port.Name.Length == 0 ? "" : $"'{port.Name}' ")}{port.Port}/{port.Protocol}{(port.AppProtocol is null ? "" : $" ({port.AppProtocol})")}";
}
