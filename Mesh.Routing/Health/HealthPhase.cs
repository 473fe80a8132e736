namespace Mesh.Health;

/// <summary>Where an endpoint stands.</summary>
internal enum HealthPhase
{
    /// <summary>It is picked.</summary>
    Healthy,

    /// <summary>It is not picked until its time is over.</summary>
    Ejected,

    /// <summary>Its time is over: the next request probes it.</summary>
    HalfOpen,

    /// <summary>A request is probing it.</summary>
    Probing,
}
