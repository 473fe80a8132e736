namespace Mesh;

/// <summary>Which endpoints of its cluster a service's owner wants preferred (a Service's <c>trafficDistribution</c>).</summary>
public enum TrafficDistribution
{
    /// <summary>Those in the caller's zone; <c>PreferClose</c> is its older name.</summary>
    PreferSameZone,

    /// <summary>Those on the caller's node, then those in its zone.</summary>
    PreferSameNode,
}
