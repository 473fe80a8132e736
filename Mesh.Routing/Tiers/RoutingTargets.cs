using System.Collections.Immutable;

namespace Mesh.Tiers;

/// <summary>Looks at the targets of a policy.</summary>
internal static class RoutingTargets
{
    /// <summary>Where a cluster is named; −1 where it is not.</summary>
    public static int IndexOf(ImmutableArray<RoutingTarget> targets, ClusterId cluster)
    {
        for (var i = 0; i < targets.Length; i++)
        {
            if (targets[i].Cluster == cluster)
            {
                return i;
            }
        }

        return -1;
    }
}
