namespace Mesh.Services;

public class ServiceSnapshotTests
{
    [Fact]
    public void Endpoints_SeveralContributionsAndSegmentsSomeEmpty_AllInOrder()
    {
        var name = new ServiceName("sales", "orders");
        var snapshot = new ServiceSnapshot(
            name,
            7,
            default,
            [],
            [
                new("s", new("alpha"), new(name) { Segments = [Segment("alpha"), Segment("alpha", 1, 2)] }),
                new("s", new("beta"), new(name)),
                new("s", new("gamma"), new(name) { Segments = [Segment("gamma", 3)] }),
            ]);

        snapshot.EndpointCount.ShouldBe(3);
        snapshot.Endpoints.ToArray().Select(e => $"{e.Cluster} {e.Address}").ShouldBe(["alpha 0.0.0.1", "alpha 0.0.0.2", "gamma 0.0.0.3"]);
    }

    private static EndpointSegment Segment(string cluster, params uint[] addresses)
    {
        var builder = new EndpointSegmentBuilder(new(cluster), "s", []);
        foreach (var address in addresses)
        {
            builder.Add(new(EndpointAddress.FromIPv4(address)));
        }

        return builder.Build();
    }
}
