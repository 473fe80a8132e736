namespace Mesh;

/// <summary>
/// What the mesh tells OpenTelemetry: <c>AddMeter([.. MeshTelemetry.Meters])</c>, <c>AddSource(MeshTelemetry.Name)</c>. Every metric, span and log event is listed in
/// <c>docs/telemetry.md</c>.
/// </summary>
/// <remarks>
/// The framework's own <c>http.client.request.duration</c> (meter <c>System.Net.Http</c>) is recorded for each try and, while somebody listens, carries <c>mesh.cluster</c>,
/// <c>mesh.tier</c> and <c>mesh.reach</c> for requests to services.
/// </remarks>
public static class MeshTelemetry
{
    /// <summary>The name of the client's meter and of the activity source: <c>Mesh</c>.</summary>
    public const string Name = "Mesh";

    /// <summary>The name of the routing engine's meter: <c>Mesh.Routing</c>.</summary>
    public const string RoutingMeter = "Mesh.Routing";

    /// <summary>The name of the catalog's meter: <c>Mesh.Registry</c>.</summary>
    public const string RegistryMeter = "Mesh.Registry";

    /// <summary>The name of the cluster connectors' meter: <c>Mesh.Registry.Kubernetes</c>.</summary>
    public const string KubernetesMeter = "Mesh.Registry.Kubernetes";

    /// <summary>The names of all meters of the mesh, also of those whose package is not there.</summary>
    public static IReadOnlyList<string> Meters { get; } = [Name, RoutingMeter, RegistryMeter, KubernetesMeter];
}
