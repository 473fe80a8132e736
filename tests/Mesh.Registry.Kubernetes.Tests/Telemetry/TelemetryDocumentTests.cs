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
            Rows(@"^\| `(mesh\.[a-z._]+)` \| ([a-z -]+) \| `([^`]+)` \|").Select(static m => $"{m.Groups[1].Value} {m.Groups[2].Value} {m.Groups[3].Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void LogEvents_OfAllPackages_AreThoseListed()
    {
        Events().Select(static e => $"{e.Id} {e.Name} {e.Level}").Order(StringComparer.Ordinal).ShouldBe(Rows(@"^\| (\d+) \| `(\w+)` \| (\w+) \|").Select(static m => $"{m.Groups[1].Value} {m.Groups[2].Value} {m.Groups[3].Value}"));
    }

    [Fact]
    public void Warnings_OfAllPackages_NameTheMetricThatMovesWithThem()
    {
        var known = AttributeValues();
        List<string> wrong = [];
        foreach (var warning in Events().Where(static e => e.Level >= LogLevel.Warning))
        {
            var spans = Regex.Matches(CellsOf(warning.Id).Metric, "`([^`]+)`").Select(static m => m.Groups[1].Value).ToList();
            if (spans is not [var first, ..] || !known.ContainsKey(first))
            {
                wrong.Add($"{warning.Id} {warning.Name} names no metric of the table above it, so nobody can be alerted of it");
                continue;
            }

            var metric = first;
            foreach (var span in spans)
            {
                if (span.StartsWith("mesh.", StringComparison.Ordinal)) metric = span;
                if (!known.TryGetValue(metric, out var values)) wrong.Add($"{warning.Id} {warning.Name} names {metric}, which is no metric");
                else if (span != metric && !values.Contains(span)) wrong.Add($"{warning.Id} {warning.Name} names {span}, which {metric} does not have");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Warnings_OfAllPackages_SayWhatEndsThem()
    {
        var events = Events().ToDictionary(static e => e.Id);
        List<string> wrong = [];
        foreach (var warning in events.Values.Where(static e => e.Level >= LogLevel.Warning))
        {
            var over = CellsOf(warning.Id).Over;
            if (over is "metric" or "once") continue;
            var ends = over.Split(", ");
            if (!Array.TrueForAll(ends, e => int.TryParse(e, out var id) && events.TryGetValue(id, out var end) && end.Level == LogLevel.Information))
            {
                wrong.Add($"{warning.Id} {warning.Name} is over with '{over}', which is neither a list of events of level Information nor 'metric' nor 'once'");
            }
        }

        wrong.ShouldBeEmpty();
    }

    private static IEnumerable<(int Id, string Name, LogLevel Level)> Events() =>
        from assembly in Product
        from type in assembly.GetTypes()
        from method in type.GetMethods(Any)
        let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
        where attribute is not null
        select (attribute.EventId, attribute.EventName ?? method.Name, attribute.Level);

    private static (string Metric, string Over) CellsOf(int id)
    {
        var row = Rows($@"^\| {id} \| `\w+` \| \w+ \| [^|]+ \| ([^|]*) \| ([^|]*) \|$").ShouldHaveSingleItem($"the row of {id}");
        return (row.Groups[1].Value, row.Groups[2].Value);
    }

    // What each metric's row has in code beside its name; of those of what is degraded, the reasons that the second table gives them.
    private static Dictionary<string, HashSet<string>> AttributeValues()
    {
        var values = Rows(@"^\| `(mesh\.[a-z._]+)` \| [a-z -]+ \| `[^`]+` \| (.*) \|$")
            .ToDictionary(static m => m.Groups[1].Value, static m => Regex.Matches(m.Groups[2].Value, "`([^`]+)`").Select(static c => c.Groups[1].Value).ToHashSet(StringComparer.Ordinal));
        foreach (Match reason in Rows(@"^\| `(\w+)` \| `(mesh\.[a-z]+\.degraded)` \|")) values[reason.Groups[2].Value].Add(reason.Groups[1].Value);
        return values;
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
