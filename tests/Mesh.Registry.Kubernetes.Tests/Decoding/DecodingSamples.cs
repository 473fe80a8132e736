namespace Mesh.Decoding;

/// <summary>Objects as an API server writes them.</summary>
internal static class DecodingSamples
{
    public const string Service = """
        {"kind":"Service","apiVersion":"v1","metadata":{"name":"orders","namespace":"sales","uid":"5e1e","resourceVersion":"17","labels":{"a":"{\"b\\"},"managedFields":[{"f:spec":{}}]},
        "spec":{"ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":"web","appProtocol":"kubernetes.io/h2c"},{"name":"dns","protocol":"UDP","port":53,"targetPort":53}],
        "selector":{"app":"orders"},"clusterIP":"None","clusterIPs":["None"],"ipFamilies":["IPv6","IPv4"],"trafficDistribution":"PreferSameNode","type":"ClusterIP","sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":60}}},"status":{"loadBalancer":{}}}
        """;

    public const string Slice = """
        {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{"name":"orders-x7","namespace":"sales","resourceVersion":"18","labels":{"kubernetes.io/service-name":"orders"}},
        "addressType":"IPv4","endpoints":[
        {"addresses":["10.1.0.1"],"conditions":{"ready":true,"serving":true,"terminating":false},"targetRef":{"kind":"Pod","name":"p","uid":"7c9e6679-7425-40de-944b-e07fc1f90ae7"},"nodeName":"n1","zone":"eu-1","hints":{"forZones":[{"name":"eu-1"},{"name":"eu-2"}],"forNodes":[{"name":"n1"}]}},
        {"addresses":["10.1.0.2"],"conditions":{}},
        {"addresses":["10.1.0.3"],"conditions":{"ready":false,"serving":true,"terminating":true,"novel":true}},
        {"addresses":["10.1.0.4"]}],
        "ports":[{"name":"http","port":8080,"protocol":"TCP","appProtocol":null},{"name":"any","port":null}]}
        """;

    public const string Node = """
        {"kind":"Node","metadata":{"name":"n1","resourceVersion":"19","labels":{"topology.kubernetes.io/region":"eu","topology.kubernetes.io/zone":"eu-1","x":"\u00e4\\\""},"annotations":null},"spec":{},"status":{"images":[{"names":["a{"]}]}}
        """;
}
