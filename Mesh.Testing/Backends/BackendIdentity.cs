namespace Mesh;

/// <summary>Who a backend is; every answer says so.</summary>
/// <param name="Service">The service it belongs to.</param>
/// <param name="Cluster">Its cluster's name.</param>
/// <param name="Pod">Its pod's name.</param>
/// <param name="Node">The node it runs on, or <see langword="null"/>.</param>
/// <param name="Zone">The zone it runs in, or <see langword="null"/>.</param>
public sealed record BackendIdentity(ServiceName Service, string Cluster, string Pod, string? Node = null, string? Zone = null)
{
    /// <summary>The response header that carries <see cref="Service"/>.</summary>
    public const string ServiceHeader = "x-served-by-service";

    /// <summary>The response header that carries <see cref="Cluster"/>.</summary>
    public const string ClusterHeader = "x-served-by-cluster";

    /// <summary>The response header that carries <see cref="Pod"/>.</summary>
    public const string PodHeader = "x-served-by-pod";

    /// <summary>The response header that carries <see cref="Node"/>.</summary>
    public const string NodeHeader = "x-served-by-node";

    /// <summary>The response header that carries <see cref="Zone"/>.</summary>
    public const string ZoneHeader = "x-served-by-zone";

    /// <summary>Who answered, as the headers say; <see langword="null"/> where no backend of this kind did.</summary>
    public static BackendIdentity? Read(HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return ServiceName.TryParse(Header(response, ServiceHeader), out var service)
            && Header(response, ClusterHeader) is { } cluster && Header(response, PodHeader) is { } pod
            ? new BackendIdentity(service, cluster, pod, Header(response, NodeHeader), Header(response, ZoneHeader))
            : null;
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
