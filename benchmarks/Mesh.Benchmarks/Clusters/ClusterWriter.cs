using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using k8s;

namespace Mesh.Benchmarks.Clusters;

/// <summary>Writes services and slices of a hundred endpoints each, as the controller of a cluster does. By hand: the client's own writes would cost more than the server's part of them.</summary>
internal sealed class ClusterWriter(string kubeconfigPath) : IDisposable
{
    public const int EndpointsPerService = 100;
    public const string Namespace = "bench";

    private const int Nodes = 500;

    private readonly Kubernetes _client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfigPath));

    public static string NameOf(int service) => string.Create(CultureInfo.InvariantCulture, $"service-{service}");

    public static string SliceOf(int service) => $"{NameOf(service)}-x7k2p";

    /// <summary>The address of an endpoint; a later generation of a slice has another one in the first place.</summary>
    public static EndpointAddress AddressOf(int service, int endpoint, int generation) =>
        EndpointAddress.FromIPv4(generation == 0 || endpoint > 0 ? 0x0a000000u + (uint)((service * EndpointsPerService) + endpoint) + 1 : 0x0b000000u + (uint)generation);

    /// <summary>What to put in the place of a service's slice.</summary>
    public static HttpContent SliceContent(int service, int generation) => Content(SliceText(service, generation));

    public Task AddNamespaceAsync(CancellationToken cancellationToken) =>
        PostAsync("api/v1/namespaces", JsonSerializer.Serialize(new { metadata = new { name = Namespace } }), cancellationToken);

    public async Task AddAsync(int service, CancellationToken cancellationToken)
    {
        await PostAsync($"api/v1/namespaces/{Namespace}/services", ServiceText(service), cancellationToken);
        await PostAsync($"apis/discovery.k8s.io/v1/namespaces/{Namespace}/endpointslices", SliceText(service, generation: 0), cancellationToken);
    }

    /// <summary>Replaces a service's slice.</summary>
    public Task ReplaceAsync(int service, HttpContent content, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"apis/discovery.k8s.io/v1/namespaces/{Namespace}/endpointslices/{SliceOf(service)}", content, cancellationToken);

    public void Dispose() => _client.Dispose();

    private static string ServiceText(int service) => JsonSerializer.Serialize(new
    {
        metadata = new { name = NameOf(service), labels = new { app = NameOf(service), team = $"team-{service % 20}" } },
        spec = new { clusterIP = "None", selector = new { app = NameOf(service) }, ports = new[] { new { name = "http", port = 80, targetPort = 8080, appProtocol = "http" } } },
    });

    private static string SliceText(int service, int generation) => JsonSerializer.Serialize(new
    {
        metadata = new
        {
            name = SliceOf(service),
            generateName = $"{NameOf(service)}-",
            labels = new Dictionary<string, string>
            {
                ["kubernetes.io/service-name"] = NameOf(service),
                ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io",
                ["app"] = NameOf(service),
            },
        },
        addressType = "IPv4",
        ports = new[] { new { name = "http", port = 8080, protocol = "TCP", appProtocol = "http" } },
        endpoints = Enumerable.Range(0, EndpointsPerService).Select(i => Endpoint(service, i, generation)),
    });

    private static object Endpoint(int service, int place, int generation)
    {
        var number = (service * EndpointsPerService) + place;
        return new
        {
            addresses = new[] { AddressOf(service, place, generation).ToString() },
            conditions = new { ready = true, serving = true, terminating = false },
            nodeName = string.Create(CultureInfo.InvariantCulture, $"node-{number % Nodes}.eu.example"),
            zone = string.Create(CultureInfo.InvariantCulture, $"eu-{number % 3}"),
            targetRef = new
            {
                kind = "Pod",
                @namespace = Namespace,
                name = $"{NameOf(service)}-6b7f8d9c5d-{place:x5}",
                uid = new Guid(number, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]).ToString(),
            },
        };
    }

    private static StringContent Content(string text) => new(text, Encoding.UTF8, new MediaTypeHeaderValue(MediaTypeNames.Application.Json));

    private async Task PostAsync(string path, string text, CancellationToken cancellationToken)
    {
        using var content = Content(text);
        await SendAsync(HttpMethod.Post, path, content, cancellationToken);
    }

    private async Task SendAsync(HttpMethod method, string path, HttpContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_client.BaseUri, path)) { Content = content };
        using var response = await _client.HttpClient.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }
}
