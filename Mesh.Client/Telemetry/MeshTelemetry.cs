namespace Mesh;

/// <summary>
/// What the mesh tells OpenTelemetry: <c>AddMeter(MeshTelemetry.Name)</c>, <c>AddSource(MeshTelemetry.Name)</c>. Every metric, span and log event is listed in
/// <c>docs/telemetry.md</c>.
/// </summary>
/// <remarks>
/// The framework's own <c>http.client.request.duration</c> (meter <c>System.Net.Http</c>) is recorded for each try and, while somebody listens, carries <c>mesh.cluster</c>,
/// <c>mesh.tier</c> and <c>mesh.reach</c> for requests to services.
/// </remarks>
public static class MeshTelemetry
{
    /// <summary>
    /// The name of the meter and of the activity source: <c>Mesh</c>. Client, routing engine, catalog and connectors share it, so that one line takes all of them.
    /// </summary>
    public const string Name = "Mesh";
}
