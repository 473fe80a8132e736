namespace Mesh;

/// <summary>Something that a route does not use.</summary>
/// <param name="Cluster">The cluster it is of; <see langword="default"/> where it concerns none.</param>
/// <param name="Subject">What: an endpoint's address, a slice, the whole cluster's part.</param>
/// <param name="Reason">Why, and what to do where something can be done.</param>
public sealed record LeftOutExplanation(ClusterId Cluster, string Subject, string Reason);
