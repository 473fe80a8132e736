namespace Mesh.Fixture;

/// <summary>A service as declared.</summary>
internal sealed record ServicePlan(ServiceName Name, int Replicas, IReadOnlyCollection<string>? Clusters, FixtureServiceOptions Options);
