using System.Globalization;

namespace Mesh.Benchmarks.Envoy;

/// <summary>Envoy's static resources: a route and a cluster for each policy, over the same hosts.</summary>
internal static class EnvoyConfig
{
    // By default Envoy gathers changes of health for a second before it balances by them.
    private const string Prompt = "update_merge_window: 0s";

    public static string Of(int[] ports) => $$"""
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
                      - { match: { prefix: /Failover }, route: { cluster: Failover } }
                      - { match: { prefix: /Weighted }, route: { cluster: Weighted } }
                      - { match: { prefix: /RoundRobin }, route: { cluster: RoundRobin } }
                  http_filters:
                  - name: router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
          clusters:
        {{Cluster(Service.Failover, "RANDOM", Prompt, [.. Enumerable.Range(0, 3).Select(l => Level(l, 0, ports.AsSpan(4 * l, 4)))])}}
        {{Cluster(Service.Weighted, "RANDOM", Prompt + ", locality_weighted_lb_config: {}", [Level(0, 80, ports.AsSpan(0, 4)), Level(0, 20, ports.AsSpan(4, 4))])}}
        {{Cluster(Service.RoundRobin, "ROUND_ROBIN", Prompt, [Level(0, 0, ports.AsSpan(0, 4), isWeighted: true)])}}
        """;

    private static string Cluster(Service service, string algorithm, string settings, string[] levels) => $$"""
          - name: {{service}}
            type: STATIC
            connect_timeout: 5s
            lb_policy: {{algorithm}}
            common_lb_config: { {{settings}} }
            health_checks:
            - { timeout: 5s, interval: 0.1s, no_traffic_interval: 0.1s, unhealthy_interval: 0.1s, unhealthy_threshold: 1, healthy_threshold: 1, http_health_check: { path: /healthz } }
            load_assignment:
              cluster_name: {{service}}
              endpoints:
        {{string.Join('\n', levels)}}
        """;

    private static string Level(int priority, int weight, ReadOnlySpan<int> ports, bool isWeighted = false)
    {
        var endpoints = new List<string>();
        foreach (var port in ports)
        {
            endpoints.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"          - {{ load_balancing_weight: {(isWeighted ? endpoints.Count + 1 : 1)}, endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }} }} }}"));
        }

        var locality = weight == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", load_balancing_weight: {weight}, locality: {{ zone: z{weight} }}");
        return string.Create(CultureInfo.InvariantCulture, $"      - priority: {priority}{locality.Replace(", ", "\n        ", StringComparison.Ordinal)}\n        lb_endpoints:\n{string.Join('\n', endpoints)}");
    }
}
