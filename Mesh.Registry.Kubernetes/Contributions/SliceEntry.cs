namespace Mesh.Contributions;

/// <summary>What is kept of an EndpointSlice.</summary>
/// <param name="Service">The Service it belongs to.</param>
/// <param name="Segment">Its endpoints, packed.</param>
/// <param name="ResourceVersion">Its version.</param>
/// <param name="Problem">What was left out of it, and why; <see langword="null"/> where nothing was.</param>
internal sealed record SliceEntry(ServiceName Service, EndpointSegment Segment, string ResourceVersion, string? Problem);
