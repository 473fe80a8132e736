using System.Globalization;
using k8s.Models;

namespace Mesh.Fixture;

/// <summary>The Kubernetes objects of a fixture, as their usual writers write them.</summary>
internal static class ObjectTemplates
{
    /// <summary>How many the EndpointSlice controller puts in a slice by default.</summary>
    public const int EndpointsPerSlice = 100;

    private const string AppLabel = "app";

    private static readonly string[] PodConditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"];

    public static V1Node Node(ClusterPlan cluster, NodePlan node)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["kubernetes.io/hostname"] = node.Name };
        if (cluster.Region is { } region) labels["topology.kubernetes.io/region"] = region;
        if (node.Zone is { } zone) labels["topology.kubernetes.io/zone"] = zone;
        return new V1Node { Metadata = new V1ObjectMeta { Name = node.Name, Labels = labels } };
    }

    public static V1Service Service(ServicePlan service) => new()
    {
        Metadata = new V1ObjectMeta { Name = service.Name.Name, NamespaceProperty = service.Name.Namespace },
        Spec = new V1ServiceSpec
        {
            Selector = new Dictionary<string, string>(StringComparer.Ordinal) { [AppLabel] = service.Name.Name },
            TrafficDistribution = service.Options.TrafficDistribution,
            Ports =
            [
                new V1ServicePort
                {
                    Name = service.Options.PortName,
                    Port = service.Options.Port,
                    TargetPort = service.Options.TargetPort.ToString(CultureInfo.InvariantCulture),
                    Protocol = "TCP",
                    AppProtocol = service.Options.AppProtocol,
                },
            ],
        },
    };

    public static V1Pod Pod(FixturePod pod) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = pod.Name,
            NamespaceProperty = pod.Service.Namespace,
            Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [AppLabel] = pod.Service.Name },
        },
        Spec = new V1PodSpec
        {
            NodeName = pod.Node,
            AutomountServiceAccountToken = false,
            TerminationGracePeriodSeconds = 0,
            Containers = [new V1Container { Name = "app", Image = "mesh.test/backend" }],
        },
    };

    public static V1PodStatus RunningStatus(FixturePod pod) => new()
    {
        Phase = "Running",
        PodIP = pod.Address.ToString(),
        PodIPs = [new V1PodIP { Ip = pod.Address.ToString() }],
        Conditions = [.. PodConditions.Select(type => new V1PodCondition { Type = type, Status = "True" })],
    };

    public static string SliceName(ServiceName service, int index) => string.Create(CultureInfo.InvariantCulture, $"{service.Name}-{index}");

    public static V1EndpointSlice Slice(ServicePlan service, int index, IEnumerable<FixturePod> pods) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = SliceName(service.Name, index),
            NamespaceProperty = service.Name.Namespace,
            Labels = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["kubernetes.io/service-name"] = service.Name.Name,
                ["endpointslice.kubernetes.io/managed-by"] = "mesh-fixture",
            },
        },
        AddressType = "IPv4",
        Ports =
        [
            new Discoveryv1EndpointPort
            {
                Name = service.Options.PortName, Port = service.Options.TargetPort, Protocol = "TCP", AppProtocol = service.Options.AppProtocol,
            },
        ],
        Endpoints =
        [
            .. pods.Select(pod => new V1Endpoint
            {
                Addresses = [pod.Address.ToString()],
                Conditions = new V1EndpointConditions { Ready = true, Serving = true, Terminating = false },
                NodeName = pod.Node,
                Zone = pod.Zone,
                TargetRef = new V1ObjectReference { Kind = "Pod", Name = pod.Name, NamespaceProperty = pod.Service.Namespace, Uid = pod.Uid },
            }),
        ],
    };
}
