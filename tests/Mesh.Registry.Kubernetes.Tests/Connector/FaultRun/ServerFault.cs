namespace Mesh.FaultRuns;

/// <summary>What happens to an API server, or on the way to it.</summary>
internal enum ServerFault
{
    /// <summary>It dies and comes back.</summary>
    Restarted,

    /// <summary>While nobody can reach it, it is written to, forgets its past and starts again: no watch can be resumed.</summary>
    Compacted,

    /// <summary>Connections go silent, in one direction or both, and either come back with all that was held up, or are dead.</summary>
    HalfOpen,

    /// <summary>Connections are reset, several times.</summary>
    Reset,

    /// <summary>It refuses the token that was good until now; a good one comes later.</summary>
    Revoked,

    /// <summary>The same, at a start: it remembers no token then.</summary>
    RestartedAndRevoked,

    /// <summary>The token is replaced by another one, and the old one is refused from then on.</summary>
    Rotated,

    /// <summary>The way to it carries very little.</summary>
    Slow,
}
