namespace Mesh.Endpoints;

/// <summary>What may change about an endpoint while it stays the same one. Immutable, swapped whole.</summary>
internal sealed record EndpointDetails(Locality Locality, string? AppProtocol, int Weight, Reach Reach, string Source);
