namespace Mesh.Telemetry;

/// <summary>Something of the routes in use that should not be so, and whether it is so now: told also while it is not, so that its end is seen.</summary>
/// <param name="Reason">What it is, a word of a fixed list.</param>
/// <param name="Holds">Whether it is so.</param>
internal readonly record struct RoutingCondition(string Reason, bool Holds)
{
    /// <summary>The service that it is about, or <see langword="null"/>.</summary>
    public ServiceName? Service { get; init; }

    /// <summary>The cluster that it is about, or none.</summary>
    public ClusterId Cluster { get; init; }
}
