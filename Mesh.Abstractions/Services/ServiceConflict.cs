namespace Mesh;

/// <summary>A property on which clusters disagree, and which one's word was not taken (KEP-1645: the oldest export decides).</summary>
/// <param name="Source">The source of the contribution that lost.</param>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Message">What differs, and whose word holds.</param>
public sealed record ServiceConflict(string Source, ClusterId Cluster, string Message);
