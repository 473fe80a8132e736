using Mesh;

namespace QuickStart;

/// <summary>One answered or failed request.</summary>
/// <param name="Service">The service asked for.</param>
/// <param name="Place">Where it was served (<c>alpha eu-1 n1</c>); <see langword="null"/> = it failed.</param>
internal sealed record Served(string Service, string? Place)
{
    public static Served By(string service, HttpResponseMessage response) =>
        response.IsSuccessStatusCode && BackendIdentity.Read(response) is { } pod && pod.Service.ToString() == service
            ? new Served(service, $"{pod.Cluster} {pod.Zone} {pod.Node}")
            : new Served(service, null);
}
