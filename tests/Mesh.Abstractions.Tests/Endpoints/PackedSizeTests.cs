using System.Net;

namespace Mesh.Endpoints;

/// <summary>What an endpoint costs in memory once it is packed. Alone, because it reads how much the process holds.</summary>
[Collection(nameof(PackedSizeTests))]
[CollectionDefinition(nameof(PackedSizeTests), DisableParallelization = true)]
public class PackedSizeTests
{
    private const double Goal = 66;

    [Theory]
    [InlineData(false, 45)]
    [InlineData(true, 60)]
    public void Build_SlicesOfAHundredPodsWithUidNodeAndZone_CostNoMoreThanTheGoalEach(bool isIPv6, double most)
    {
        most.ShouldBeLessThanOrEqualTo(Goal);
        string[] nodes = [.. Enumerable.Range(0, 500).Select(static i => $"node-{i}")];
        string[] zones = ["eu-1", "eu-2", "eu-3"];
        var segments = new EndpointSegment[1000];
        var port = new EndpointPort("http", 8080);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var s = 0; s < segments.Length; s++)
        {
            var builder = new EndpointSegmentBuilder(new ClusterId("alpha"), "orders-x7k2p", [port]);
            for (var i = 0; i < 100; i++)
            {
                var pod = (uint)((s * 100) + i);
                builder.Add(new EndpointDescription(isIPv6 ? EndpointAddress.FromIPAddress(new IPAddress([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(pod >> 24), (byte)(pod >> 16), (byte)(pod >> 8), (byte)pod])) : EndpointAddress.FromIPv4(pod))
                {
                    Region = "eu",
                    Zone = zones[i % 3],
                    Node = nodes[pod % nodes.Length],
                    TargetUid = new Guid(pod, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
                });
            }

            segments[s] = builder.Build();
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / 100_000.0;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each:0.0} B per endpoint");
        GC.KeepAlive(segments);

        // Lower than the packed fields alone would mean that it measured something else.
        each.ShouldBeInRange(28, most);
    }
}
