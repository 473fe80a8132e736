namespace Mesh;

/// <summary>What goes to the next tier or cluster where the nearer ones cannot carry all of it.</summary>
public enum SpillOver
{
    /// <summary>
    /// As much as the nearer ones cannot carry, and other clusters only what they can: by reports of utilisation where backends send any, else estimated from latency and requests in flight.
    /// What nobody can carry is answered 503 at once.
    /// </summary>
    Capacity,

    /// <summary>By the part of healthy endpoints alone, 140 % of it (Envoy's priority load with its overprovisioning factor of 1.4), whatever the next one can carry.</summary>
    Health,

    /// <summary>Nothing, while any endpoint of the nearer ones may take a request; then all of it.</summary>
    None,
}
