using System.Text.Json;
using System.Text.RegularExpressions;
using Observability;

namespace Mesh;

/// <summary>The Grafana dashboard asks for metrics that the sample beside it exposes, so that a metric which is renamed is renamed there too.</summary>
public partial class DashboardTests
{
    [Fact]
    public async Task EveryMetricOfTheDashboard_IsExposedByTheSample()
    {
        var wanted = Queries().SelectMany(static q => MetricName().Matches(q)).Select(static m => m.Value).ToHashSet(StringComparer.Ordinal);
        wanted.Count.ShouldBeGreaterThan(10);
        await using var shop = await Shop.StartAsync([], TimeSpan.FromSeconds(1));
        using var client = new HttpClient();

        // Counters of trouble appear with the first one; each state of the sample's instance lasts a second here. Failures are none while another cluster serves.
        wanted.Remove("mesh_client_failures_total").ShouldBeTrue();
        HashSet<string> exposed = [];
        var until = TimeProvider.System.GetTimestamp();
        while (!wanted.IsSubsetOf(exposed) && TimeProvider.System.GetElapsedTime(until) < TimeSpan.FromSeconds(60))
        {
            var text = await client.GetStringAsync(new Uri(shop.Address, "metrics"), TestContext.Current.CancellationToken);
            exposed.UnionWith(text.Split('\n').Where(static l => l.Length > 0 && l[0] != '#').Select(static l => l[..l.IndexOfAny(['{', ' '])]));
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        wanted.Except(exposed).ShouldBeEmpty($"exposed are {string.Join(", ", exposed.Order(StringComparer.Ordinal))}");
    }

    [Fact]
    public void EveryMetricOfWhatIsDegraded_IsAskedForAsAnAlertWouldBe()
    {
        var queries = Queries();

        foreach (var metric in (string[])["mesh_client_degraded", "mesh_routing_degraded", "mesh_registry_degraded"])
        {
            queries.ShouldContain(q => q.Contains($"({metric}) > 0", StringComparison.Ordinal));
        }
    }

    // Both where a dashboard has them: in panels and in variables.
    private static List<string> Queries()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "samples", "Observability", "grafana-dashboard.json")));
        var root = document.RootElement;
        root.GetProperty("schemaVersion").GetInt32().ShouldBe(39);
        return
        [
            .. root.GetProperty("panels").EnumerateArray().Where(static p => p.GetProperty("type").GetString() != "row").SelectMany(static p => p.GetProperty("targets").EnumerateArray()).Select(static t => t.GetProperty("expr").GetString()!),
            .. root.GetProperty("templating").GetProperty("list").EnumerateArray().Where(static v => v.TryGetProperty("definition", out _)).Select(static v => v.GetProperty("definition").GetString()!),
        ];
    }

    // Labels (mesh_cluster, mesh_service) have no package in their names.
    [GeneratedRegex(@"\b(?:mesh_(?:client|routing|registry|discovery)|http_client)_[a-z_]+")]
    private static partial Regex MetricName();
}
