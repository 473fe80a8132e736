using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Mesh.Telemetry;

/// <summary>Reads <c>mesh.client.degraded</c>.</summary>
internal static class Degraded
{
    public static string Now(TestMesh mesh, string reason)
    {
        using var degraded = Collect(mesh.Services);
        return Read(degraded, reason);
    }

    public static MetricCollector<int> Collect(IServiceProvider services) =>
        new(services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), MeshTelemetry.Name, "mesh.client.degraded");

    public static string Read(MetricCollector<int> degraded, string reason)
    {
        degraded.RecordObservableInstruments();
        return string.Join(", ", degraded.GetMeasurementSnapshot(clear: true).Where(m => (string?)m.Tags["mesh.reason"] == reason)
            .Select(static m => m.Tags.TryGetValue("mesh.cluster", out var cluster) ? $"mesh.cluster={cluster} {m.Value}" : $"{m.Value}"));
    }
}
