using System.Globalization;
using k8s;
using k8s.Models;

namespace Mesh.FaultRuns;

/// <summary>What a cluster holds, as text that can be compared: from the API server, and from the catalog.</summary>
internal static class ClusterText
{
    public static async Task<string> OfServerAsync(Kubernetes client, string ns, CancellationToken cancellationToken)
    {
        var services = (await client.CoreV1.ListNamespacedServiceAsync(ns, cancellationToken: cancellationToken)).Items;
        var slices = (await client.DiscoveryV1.ListNamespacedEndpointSliceAsync(ns, cancellationToken: cancellationToken)).Items;
        return Join(services.Select(s => OfService(
            s.Metadata.Name,
            s.Spec.Ports[0].Port,
            slices.Where(e => e.Metadata.Labels["kubernetes.io/service-name"] == s.Metadata.Name && e.Endpoints is { Count: > 0 })
                .Select(static e => OfSlice(e.Metadata.Name, e.Ports[0].Port!.Value, e.Endpoints)))));
    }

    public static string OfWriter(IEnumerable<(string Name, int Port)> services, IReadOnlyCollection<SliceState> slices) => Join(services.Select(s => OfService(
        s.Name, s.Port, slices.Where(e => e.Service == s.Name && e.Endpoints.Count > 0).Select(static e => OfSlice(e.Name, e.Port, e.Endpoints)))));

    public static string OfCatalog(MeshCatalog catalog, string ns) => Join(catalog.Services.Where(s => s.Name.Namespace == ns).Select(static s => OfService(
        s.Name.Name, s.Ports.IsEmpty ? 0 : s.Ports[0].Port, s.Contributions.SelectMany(static c => c.Service.Segments).Select(OfSegment))));

    public static string OfSlice(string name, int port, IEnumerable<V1Endpoint> endpoints) => Line(name, port, endpoints.Select(static e => OfEndpoint(
        e.Addresses[0], e.NodeName, e.Zone, e.Conditions.Ready == true, e.Conditions.Serving == true, e.Conditions.Terminating == true)));

    public static string OfSegment(EndpointSegment segment) => Line(segment.Slice, segment.Ports[0].Port, Enumerable.Range(0, segment.Count).Select(i => segment[i]).Select(static e => OfEndpoint(
        e.Address.ToString(),
        e.Locality.Node,
        e.Locality.Zone,
        e.Conditions.HasFlag(EndpointConditions.Ready),
        e.Conditions.HasFlag(EndpointConditions.Serving),
        e.Conditions.HasFlag(EndpointConditions.Terminating))));

    private static string OfEndpoint(string address, string? node, string? zone, bool ready, bool serving, bool terminating) =>
        $"{address} {node} {zone} {(ready ? "r" : "-")}{(serving ? "s" : "-")}{(terminating ? "t" : "-")}";

    private static string Line(string name, int port, IEnumerable<string> endpoints) => string.Create(CultureInfo.InvariantCulture, $"[{name}:{port} {string.Join(", ", endpoints)}]");

    private static string OfService(string name, int port, IEnumerable<string> slices) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}:{port} {string.Join(' ', slices.Order(StringComparer.Ordinal))}");

    private static string Join(IEnumerable<string> services) => string.Join('\n', services.Order(StringComparer.Ordinal));
}
