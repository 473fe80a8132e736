namespace Mesh;

/// <summary>An endpoint that a dry run would let in, leave out, or put into another tier.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Address">Where it listens, with the port.</param>
/// <param name="Before">Its tier now; <see langword="null"/> where it is not used now.</param>
/// <param name="After">Its tier then; <see langword="null"/> where it would not be used.</param>
public sealed record EndpointChange(ClusterId Cluster, string Address, string? Before, string? After);
