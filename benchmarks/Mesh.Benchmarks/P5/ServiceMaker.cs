using System.Collections.Immutable;
using System.Globalization;

namespace Mesh.Benchmarks.P5;

/// <summary>Services of ten endpoints each, as a connector would bring them.</summary>
internal static class ServiceMaker
{
    public const int EndpointsPerService = 10;

    public static readonly ClusterId Cluster = new("alpha");

    private static readonly ImmutableArray<ServicePort> Ports = [new ServicePort("http", 80)];
    private static readonly ImmutableArray<EndpointPort> EndpointPorts = [new EndpointPort("http", 8080)];

    public static ServiceName NameOf(int index) => ServiceName.Parse(string.Create(CultureInfo.InvariantCulture, $"service-{index}.bench"));

    /// <param name="index">Which service.</param>
    /// <param name="generation">Its first endpoint's address differs from one generation to the next.</param>
    public static ServiceContribution Make(int index, int generation)
    {
        var builder = new EndpointSegmentBuilder(Cluster, string.Create(CultureInfo.InvariantCulture, $"service-{index}-x"), EndpointPorts);
        for (var i = 0; i < EndpointsPerService; i++)
        {
            var number = (uint)(index * EndpointsPerService + i);
            var address = i == 0 && generation > 0 ? 0x0B000000u + (uint)generation : 0x0A000000u + number;
            builder.Add(new EndpointDescription(EndpointAddress.FromIPv4(address))
            {
                Region = "eu",
                Zone = i % 2 == 0 ? "eu-1" : "eu-2",
                Node = string.Create(CultureInfo.InvariantCulture, $"node-{number % 1000}"),
                TargetUid = new Guid((int)number, (short)(generation >> 16), (short)generation, 1, 2, 3, 4, 5, 6, 7, 8),
            });
        }

        return new ServiceContribution(NameOf(index)) { Ports = Ports, Segments = [builder.Build()] };
    }
}
