namespace Mesh.Endpoints;

/// <summary>What may change about an endpoint while it stays the same one. Immutable, swapped whole.</summary>
/// <param name="Locality">Where it runs.</param>
/// <param name="AppProtocol">The port's application protocol, or <see langword="null"/>.</param>
/// <param name="Weight">Its share of load beside others.</param>
/// <param name="Reach">How it is reached.</param>
/// <param name="Source">The source that brings it.</param>
/// <param name="Drain">The part of its cluster's share that goes elsewhere, in percent.</param>
internal sealed record EndpointDetails(Locality Locality, string? AppProtocol, int Weight, Reach Reach, string Source, int Drain = 0)
{
    /// <summary>How many it stands for that are ready: 1, or of a gateway's address its part of those behind it.</summary>
    public double Ready { get; init; } = 1;

    /// <summary>How many it stands for in all, those that are not ready included.</summary>
    public double Existing { get; init; } = 1;
}
