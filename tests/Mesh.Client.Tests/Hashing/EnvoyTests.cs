using System.Globalization;
using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Hashing;

/// <summary>The same backends and keys through a real Envoy and through the mesh: every key must reach the same backend.</summary>
public class EnvoyTests
{
    private const int Keys = 1000;

    [Theory]
    [InlineData("ring-hash", "header:x-user", false)]
    [InlineData("ring-hash", "header:x-user", true)]
    [InlineData("maglev", "header:x-user", false)]
    [InlineData("maglev", "header:x-user", true)]
    [InlineData("ring-hash", "cookie:user", false)]
    public async Task Send_ThousandKeys_EachReachesTheBackendThatEnvoyChooses(string algorithm, string key, bool isWeighted)
    {
        Assert.SkipWhen(EnvoyProcess.Program is null, "no Envoy here: name its program in MESH_TEST_ENVOY");
        await using var fleet = await Fleet.StartAsync(7);

        // Envoy fills a weighted ring in the order of its hosts, ours by name.
        Backend[] backends = [.. fleet.Backends.OrderBy(static b => $"127.0.0.1:{b.Port}", StringComparer.Ordinal)];
        int[] weights = [.. backends.Select((_, i) => isWeighted ? i + 1 : 1)];
        await using var envoy = await EnvoyProcess.StartAsync(Config(algorithm, key, backends, weights));
        await using var mesh = await StartAsync(algorithm, key, backends, weights);
        using var direct = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{envoy.Port}") };
        using var meshed = mesh.Client();
        meshed.BaseAddress = new Uri("http://orders.sales");

        for (var i = 0; i < Keys; i++)
        {
            (await AskAsync(meshed, i)).ShouldBe(await AskAsync(direct, i), $"key {i}");
        }
    }

    [Fact]
    public async Task Send_HeaderOfSeveralLines_IsTheKeyThatEnvoyMakesOfIt()
    {
        Assert.SkipWhen(EnvoyProcess.Program is null, "no Envoy here: name its program in MESH_TEST_ENVOY");
        await using var fleet = await Fleet.StartAsync(7);
        await using var envoy = await EnvoyProcess.StartAsync(Config("maglev", "header:x-user", fleet.Backends, [.. fleet.Backends.Select(static _ => 1)]));
        await using var mesh = await StartAsync("maglev", "header:x-user", fleet.Backends, [.. fleet.Backends.Select(static _ => 1)]);

        for (var i = 0; i < 60; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
            request.Headers.TryAddWithoutValidation("x-user", [$"b{i}", $"a{i}"]);
            using var response = await mesh.Client().SendAsync(request, Stop);
            (await response.Content.ReadAsStringAsync(Stop)).ShouldBe(await envoy.AskRawAsync("/", $"x-user: b{i}", $"x-user: a{i}"), $"key {i}");
        }
    }

    private static async Task<string> AskAsync(HttpClient client, int user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("x-user", string.Create(CultureInfo.InvariantCulture, $"user-{user}"));
        request.Headers.Add("Cookie", string.Create(CultureInfo.InvariantCulture, $"a=b; user=user-{user}"));
        using var response = await client.SendAsync(request, Stop);
        return await response.Content.ReadAsStringAsync(Stop);
    }

    private static Task<TestMesh> StartAsync(string algorithm, string key, Backend[] backends, int[] weights) => TestMesh.StartAsync(
        services => services.AddSingleton(new MemoryCatalogSource().Service("orders.sales", "alpha", s =>
        {
            for (var i = 0; i < backends.Length; i++)
            {
                s.Endpoint("127.0.0.1", backends[i].Port, weight: weights[i]);
            }
        })),
        mesh => mesh.Configure(o =>
        {
            o.Policy.LoadBalancing = algorithm;
            o.Policy.HashKey = key;
            o.Policy.HashBalanceFactor = 0;
        }));

    private static string Config(string algorithm, string key, Backend[] backends, int[] weights)
    {
        var policy = key.StartsWith("header:", StringComparison.Ordinal) ? $"header: {{ header_name: {key[7..]} }}" : $"cookie: {{ name: {key[7..]} }}";
        var endpoints = string.Concat(backends.Select((b, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"\n        - {{ load_balancing_weight: {weights[i]}, endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {b.Port} }} }} }} }}")));
        return $$"""
            admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
            static_resources:
              listeners:
              - name: in
                address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                filter_chains:
                - filters:
                  - name: http
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: in
                      route_config:
                        virtual_hosts:
                        - name: all
                          domains: [ "*" ]
                          routes:
                          - match: { prefix: / }
                            route: { cluster: orders, hash_policy: [ { {{policy}} } ] }
                      http_filters:
                      - name: router
                        typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
              clusters:
              - name: orders
                connect_timeout: 5s
                type: STATIC
                lb_policy: {{(algorithm == "maglev" ? "MAGLEV" : "RING_HASH")}}
                load_assignment:
                  cluster_name: orders
                  endpoints:
                  - lb_endpoints:{{endpoints}}
            """;
    }
}
