namespace Mesh;

/// <summary>Something that a source brought and the catalog left out; the rest of that source flows.</summary>
/// <param name="Source">The source.</param>
/// <param name="Cluster">The cluster; <see langword="default"/> where it concerns none.</param>
/// <param name="Subject">What: an object (<c>EndpointSlice sales/orders-x7</c>), an endpoint, a place in a file.</param>
/// <param name="Message">Why, and what to do.</param>
public sealed record CatalogProblem(string Source, ClusterId Cluster, string Subject, string Message)
{
    /// <summary>The service it concerns, or <see langword="null"/>.</summary>
    public ServiceName? Service { get; init; }
}
