using System.Text.Json;
using k8s;
using Mesh;

namespace Snippets;

/// <summary>What a controller writes.</summary>
internal static class Watches
{
    public static async Task Follow(IKubernetes client, CancellationToken cancellationToken)
    {
        var watch = new KubernetesWatch<ServiceExport>(
            client,
            new KubernetesResource("multicluster.x-k8s.io", "v1alpha1", "serviceexports"),
            static (ref reader) => JsonSerializer.Deserialize<ServiceExport>(ref reader, JsonSerializerOptions.Web)!);

        var exports = new Dictionary<(string?, string), ServiceExport>();
        await foreach (var change in watch.ReadAsync(cancellationToken))
        {
            switch (change.Kind)
            {
                case KubernetesChangeKind.Upserted: exports[(change.Namespace, change.Name)] = change.Item!; break;
                case KubernetesChangeKind.Deleted: exports.Remove((change.Namespace, change.Name)); break;
                case KubernetesChangeKind.Synced: Console.WriteLine($"{exports.Count} exports; {watch.Health}"); break;
                case KubernetesChangeKind.Skipped: Console.WriteLine($"{change.Name} is left out: {change.Reason}"); break;
            }
        }
    }

    internal sealed record ServiceExport(ExportStatus? Status);

    internal sealed record ExportStatus(IReadOnlyList<object>? Conditions);
}
