using System.Diagnostics.Metrics;
using System.Numerics;
using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Mesh.Telemetry;

/// <summary>Listens to one instrument of a mesh.</summary>
internal static class Instrument
{
    public static MetricCollector<T> Of<T>(TestMesh mesh, string name, string meter = MeshTelemetry.Name)
        where T : struct =>
        new(mesh.Services.GetRequiredService<IMeterFactory>(), meter, name);

    public static T Total<T>(this MetricCollector<T> collector)
        where T : struct, INumber<T> =>
        collector.GetMeasurementSnapshot().Aggregate(T.Zero, static (sum, m) => sum + m.Value);
}
