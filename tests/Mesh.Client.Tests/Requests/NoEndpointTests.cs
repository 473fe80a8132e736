using System.Net.Sockets;
using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Requests;

/// <summary>Nobody can take the request: an exception that says so, never a hang.</summary>
public class NoEndpointTests
{
    [Fact]
    public async Task Send_ServiceWithoutEndpoints_FailsAtOnceNamingServiceClustersAndWhatToDo()
    {
        await using var mesh = await NearAndFar.StartAsync([], [], new FakeTimeProvider());

        var error = await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));

        error.PickStatus.ShouldBe(PickStatus.NoUsableEndpoint);
        error.Message.ShouldBe("Service orders.sales has no usable endpoint: no cluster brings any. Scale it up, or check its selector. Clusters: alpha (live), beta (live).");
        error.ShouldBeAssignableTo<HttpRequestException>();
        error.InnerException.ShouldBeOfType<SocketException>().Message.ShouldBe(
            "Nothing was dialled: the mesh has no endpoint of orders.sales to send the request to (NoUsableEndpoint). The exception around this one says why.");
    }

    [Fact]
    public async Task Send_AllEndpointsAreOutsideOfPodCidrs_SaysThatAndNotToScaleUp()
    {
        await using var mesh = await NearAndFar.StartAsync([], [], new FakeTimeProvider());
        AddressRanges.TryParse(["10.99.0.0/16"], out var ranges, out _).ShouldBeTrue();
        mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { Freshness = ClusterFreshness.Live, PodCidrs = ranges });
        mesh.SetOrders("alpha", TestMesh.ClosedPort());
        await Eventually.BecomesTrue(() => mesh.Services.GetRequiredService<IMeshCatalog>().Problems.Count == 1, "alpha's endpoints are left out");

        var error = await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));

        error.PickStatus.ShouldBe(PickStatus.NoUsableEndpoint);
        error.Message.ShouldBe(
            "Service orders.sales has no usable endpoint: no cluster brings any that was taken. addresses of service orders.sales of cluster alpha: 1 of its endpoints (127.0.0.1) are outside of the cluster's PodCidrs (10.99.0.0/16) and left out. Correct PodCidrs, or look who writes them. Clusters: alpha (live), beta (live).");
    }

    [Fact]
    public async Task Send_TheReachableClusterFailsAndTheOtherCannotBeDialled_SaysThatItWasLeftOutAndWhatToDo()
    {
        await using var mesh = await NearAndFar.StartAsync([TestMesh.ClosedPort()], [TestMesh.ClosedPort()], new FakeTimeProvider());
        mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId("beta")) { Freshness = ClusterFreshness.Live, Network = "vpc" });
        await Eventually.BecomesTrue(() => mesh.Services.GetRequiredService<IMeshCatalog>().FindCluster(new ClusterId("beta"))?.Network == "vpc", "beta is in a network of its own");

        var error = await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));

        error.Message.ShouldStartWith("orders.sales did not answer: 1 try failed");
        error.Message.ShouldEndWith(
            "Clusters: alpha (live), beta (live). Cluster beta was left out: the caller names no network, cluster beta is in network 'vpc', and it has no gateway: where its pods can be dialled from here, say that the caller is in that network too (Mesh:Locality:Network), or, if a file brings the cluster, leave clusters.beta.network out of it.");
    }

    [Fact]
    public async Task Send_TheOnlyEndpointIsABlackHoleOfAStaleCluster_FailsNamingTheLimitAndTheFreshness()
    {
        var clock = new FakeTimeProvider();
        var hole = new BlackHole();
        var dead = hole.Add(TestMesh.ClosedPort());
        await using var mesh = await NearAndFar.StartAsync([dead], [], clock, configure: hole.AddTo);
        mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId("alpha"))
        {
            Freshness = ClusterFreshness.Stale,
            Since = clock.GetUtcNow().AddMinutes(-3),
            Detail = "its API server does not answer.",
            IsDirect = true,
        });

        var sending = mesh.Client().GetAsync("http://orders.sales/", Stop);
        var error = await Should.ThrowAsync<MeshRoutingException>(Eventually.TurnUntilEnd(clock, sending));

        error.Message.ShouldContain($"the last at 127.0.0.1:{dead} in cluster 'alpha': 127.0.0.1:{dead} in cluster 'alpha' did not accept a connection within 1 s.");
        error.Message.ShouldMatch(@"Clusters: alpha \(stale for 3(\.\d)? min: its API server does not answer\), beta \(live\)\.$");
        error.GetBaseException().ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.TimedOut);
    }
}
