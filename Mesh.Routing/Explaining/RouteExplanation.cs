namespace Mesh;

/// <summary>What a pick would do and why. <see cref="ToString"/> is the readable table.</summary>
public sealed record RouteExplanation
{
    /// <summary>What was asked.</summary>
    public required string Asked { get; init; }

    /// <summary>How the host and port were understood.</summary>
    public required HostMatch Match { get; init; }
}
