using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Mesh.Apps;

/// <summary>Says for people what an app knows.</summary>
internal static class AppReport
{
    private const int Lines = 20;

    public static string Write(IMeshCatalog catalog, IEnumerable<FixtureLogEntry> logs)
    {
        var text = new StringBuilder();
        foreach (var cluster in catalog.Clusters) text.AppendLine(CultureInfo.InvariantCulture, $"  cluster {cluster.Cluster}: {cluster.Freshness} {cluster.Detail}");
        foreach (var source in catalog.Sources) text.AppendLine(CultureInfo.InvariantCulture, $"  source {source.Name}: {(source.IsSynced ? "synced" : "not synced")} {source.Failure}");
        foreach (var problem in catalog.Problems.Take(Lines)) text.AppendLine(CultureInfo.InvariantCulture, $"  problem {problem.Cluster} {problem.Subject}: {problem.Message}");
        foreach (var service in catalog.Services.Take(Lines)) text.AppendLine(CultureInfo.InvariantCulture, $"  service {service}");
        foreach (var entry in logs.Where(entry => entry.Level >= LogLevel.Warning).TakeLast(Lines)) text.AppendLine(CultureInfo.InvariantCulture, $"  log {entry}");
        return text.ToString();
    }
}
