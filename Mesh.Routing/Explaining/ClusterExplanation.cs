namespace Mesh;

/// <summary>A cluster as a route sees it.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="IsOwn">Whether the caller runs in it.</param>
/// <param name="Freshness">How well it is known.</param>
/// <param name="Age">For how long it has been so; <see langword="null"/> where not known.</param>
/// <param name="Detail">Why it is not live, or <see langword="null"/>.</param>
/// <param name="Reach">Whether the caller can dial its endpoints.</param>
/// <param name="Advice">What to do where it cannot; <see langword="null"/> where it can.</param>
/// <param name="Network">Its network, or <see langword="null"/>.</param>
/// <param name="Region">Its region, or <see langword="null"/>.</param>
/// <param name="Uid">Who it is, or <see langword="null"/>.</param>
/// <param name="Endpoints">How many endpoints it brings to the service; <see langword="null"/> where it does not have the service.</param>
/// <param name="IsDown">Whether it counts as down, since connections to it fail.</param>
public sealed record ClusterExplanation(
    ClusterId Cluster,
    bool IsOwn,
    ClusterFreshness Freshness,
    TimeSpan? Age,
    string? Detail,
    Reach Reach,
    string? Advice,
    string? Network,
    string? Region,
    string? Uid,
    int? Endpoints,
    bool IsDown)
{
    /// <summary>The part of its share that goes elsewhere, in percent; 0 where it is not drained.</summary>
    public int Drain { get; init; }

    /// <summary>Why the connection that its changed configuration makes, or its renewed credentials, is not taken while the one in use works; <see langword="null"/> where there is no such connection.</summary>
    public string? RenewalFailure { get; init; }

    /// <summary>Whether its first state has come although <see cref="Freshness"/> is still <see cref="ClusterFreshness.Connecting"/>: its source is not yet sure of what follows.</summary>
    public bool IsSynced { get; init; }

    /// <summary>Whether it exports the service to other clusters; <see langword="null"/> where it does not have the service.</summary>
    public bool? IsExported { get; init; }

    /// <summary>Since when it exports the service, by its own clock; <see langword="null"/> where it does not, or does not say.</summary>
    public DateTimeOffset? ExportedAt { get; init; }

    /// <summary>How far <see cref="ExportedAt"/> lies in the future, so that a clock is wrong; <see langword="null"/> where it does not.</summary>
    public TimeSpan? ExportedIn { get; init; }
}
