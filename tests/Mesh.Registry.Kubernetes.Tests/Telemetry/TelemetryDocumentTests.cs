using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Mesh.Connector;
using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ServiceDiscovery;

namespace Mesh.Telemetry;

/// <summary>That <c>docs/telemetry.md</c> lists what there is, no more and no less.</summary>
public sealed class TelemetryDocumentTests
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] Product = [typeof(MeshTelemetry).Assembly, typeof(MeshServiceEndpointProviderOptions).Assembly, typeof(MeshRouter).Assembly, typeof(MeshCatalog).Assembly, typeof(KubernetesMetrics).Assembly];

    private static readonly string Document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "telemetry.md"));

    [Fact]
    public async Task Metrics_OfAllPackages_AreThoseListedAndFromTheFactory()
    {
        await using var cluster = await TestCluster.StartAsync();
        var services = new ServiceCollection();
        services.AddMeshRouting(m => m.AddKubernetesCluster("alpha", o => o.KubeconfigPath = cluster.KubeconfigPath));
        services.AddMeshServiceEndpointProvider();
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IMeterFactory>();
        var found = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (!ReferenceEquals(instrument.Meter.Scope, factory) || !instrument.Name.StartsWith("mesh.", StringComparison.Ordinal)) return;
                instrument.Meter.Name.ShouldBe(MeshTelemetry.Name);
                lock (found) found.Add($"{instrument.Name} {Kind(instrument)} {instrument.Unit}");
            },
        };
        listener.Start();

        // The parts are made when they are needed: the client's with its first request, here one to a port where nobody listens.
        provider.GetServices<ICatalogSource>().ShouldNotBeEmpty();
        provider.GetServices<IServiceEndpointProviderFactory>().ShouldNotBeEmpty();
        await Should.ThrowAsync<HttpRequestException>(provider.GetRequiredService<IHttpClientFactory>().CreateClient().GetAsync("http://127.0.0.1:1/", TestContext.Current.CancellationToken));

        found.Order(StringComparer.Ordinal).ShouldBe(
            Rows(@"^\| `(mesh\.[a-z.]+)` \| ([a-z -]+) \| `([^`]+)` \|").Select(static m => $"{m.Groups[1].Value} {m.Groups[2].Value} {m.Groups[3].Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void LogEvents_OfAllPackages_AreThoseListed()
    {
        var events =
            from assembly in Product
            from type in assembly.GetTypes()
            from method in type.GetMethods(Any)
            let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
            where attribute is not null
            select $"{attribute.EventId} {attribute.EventName ?? method.Name} {attribute.Level}";

        events.Order(StringComparer.Ordinal).ShouldBe(Rows(@"^\| (\d+) \| `(\w+)` \| (\w+) \|").Select(static m => $"{m.Groups[1].Value} {m.Groups[2].Value} {m.Groups[3].Value}"));
    }

    private static MatchCollection Rows(string pattern) => Regex.Matches(Document, pattern, RegexOptions.Multiline);

    private static string Kind(Instrument instrument) => instrument.GetType().Name[..^2] switch
    {
        "Counter" => "counter",
        "Histogram" => "histogram",
        "ObservableCounter" => "observable counter",
        "ObservableGauge" => "observable gauge",
        "ObservableUpDownCounter" => "observable up-down counter",
        var other => other,
    };
}
