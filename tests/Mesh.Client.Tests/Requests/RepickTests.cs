using System.Net.Sockets;
using Mesh.Backends;
using Mesh.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Requests;

/// <summary>Tries that got no connection.</summary>
public class RepickTests
{
    [Fact]
    public async Task Send_NearEndpointRefusesTheConnection_GoesElsewhereWhateverTheMethodAndTheBody()
    {
        await using var far = await Backend.StartAsync(static async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await reader.ReadToEndAsync(context.RequestAborted));
        });
        await using var mesh = await NearAndFar.StartAsync([TestMesh.ClosedPort()], [far.Port]);
        using var repicks = Instrument.Of<long>(mesh, "mesh.client.repicks");
        using var retries = Instrument.Of<long>(mesh, "mesh.client.retries");
        using var body = new StreamContent(new OneWayStream("once"u8.ToArray()));

        using var response = await mesh.Client().PostAsync("http://orders.sales/", body, Stop);

        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("once");
        repicks.Total().ShouldBe(1);
        retries.Total().ShouldBe(0);
    }

    [Fact]
    public async Task Send_EveryEndpointRefuses_FailsNamingServiceEndpointTriesClustersAndWhatToDo()
    {
        int[] near = [TestMesh.ClosedPort(), TestMesh.ClosedPort()];
        int[] far = [TestMesh.ClosedPort()];
        await using var mesh = await NearAndFar.StartAsync(near, far);

        var error = await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));

        error.Service.ToString().ShouldBe("orders.sales");
        error.PickStatus.ShouldBeNull();
        error.Message.ShouldMatch(@"^orders\.sales did not answer: \d+ tries failed, the last at 127\.0\.0\.1:\d+ in cluster '(alpha|beta)': 127\.0\.0\.1:\d+ in cluster '(alpha|beta)' could not be connected to: ");
        error.Message.ShouldContain("mesh.Explain(\"orders.sales\") shows the endpoints and their health.");
        error.Message.ShouldContain("Clusters: alpha (live), beta (live).");
        error.ShouldBeAssignableTo<HttpRequestException>();
        error.GetBaseException().ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    [Fact]
    public async Task Send_ManyRequestsLoseTheirConnectionsTogether_IsOneFailureAndAllSucceedElsewhere()
    {
        const int Requests = 20;
        var hole = new BlackHole();
        var clock = new FakeTimeProvider();
        var dead = hole.Add(TestMesh.ClosedPort());
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync([dead], [far.Port], clock, configure: hole.AddTo);
        using var client = mesh.Client();
        var sending = Enumerable.Range(0, Requests).Select(_ => client.GetStringAsync("http://orders.sales/", Stop)).ToList();
        await Eventually.BecomesTrue(() => hole.Dials == Requests, "every request has a connection of its own under way");

        clock.Advance(TimeSpan.FromSeconds(1));

        (await Task.WhenAll(sending).WaitAsync(Eventually.Bound, Stop)).ShouldAllBe(static text => text == "far");
        mesh.Explain(dead).Failures.ShouldBe(1);
        mesh.Explain(dead).Health.ShouldBe("healthy");
        mesh.Services.GetRequiredService<IMesh>().Explain("orders.sales").Tiers.ShouldAllBe(static t => !t.IsDown);
    }

    [Fact]
    public async Task Send_WhoeverBeganTheConnectionHasLeft_ItsFailureCountsAllTheSame()
    {
        var hole = new BlackHole();
        var clock = new FakeTimeProvider();
        var dead = hole.Add(TestMesh.ClosedPort());
        await using var mesh = await NearAndFar.StartAsync([dead], [], clock, configure: hole.AddTo);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var sending = mesh.Client().GetStringAsync("http://orders.sales/", leaving.Token);
        await Eventually.BecomesTrue(() => hole.Dials == 1, "the endpoint is dialled");
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(sending);
        mesh.Explain(dead).Failures.ShouldBe(0);

        clock.Advance(TimeSpan.FromSeconds(1));

        await Eventually.BecomesTrue(() => mesh.Explain(dead).Failures == 1, "the lost connection counts");
    }

    [Fact]
    public async Task Send_EverythingIsBlackHoled_WaitsOneConnectLimitForEachClusterOnceAllCountAsDown()
    {
        var hole = new BlackHole();
        var clock = new FakeTimeProvider();
        int[] near = [.. Enumerable.Range(0, 6).Select(_ => hole.Add(TestMesh.ClosedPort()))];
        int[] far = [.. Enumerable.Range(0, 6).Select(_ => hole.Add(TestMesh.ClosedPort()))];
        await using var mesh = await NearAndFar.StartAsync(near, far, clock, configure: hole.AddTo);
        var limit = TimeSpan.FromSeconds(1);

        // The first finds out: three endpoints of each cluster, then both count as down.
        await Should.ThrowAsync<MeshRoutingException>(Eventually.TurnUntilEnd(clock, mesh.Client().GetAsync("http://orders.sales/", Stop)));
        mesh.Services.GetRequiredService<IMesh>().Explain("orders.sales").Tiers.ShouldAllBe(static t => t.IsDown);

        var dials = hole.Dials;
        var started = clock.GetTimestamp();
        var error = await Should.ThrowAsync<MeshRoutingException>(Eventually.TurnUntilEnd(clock, mesh.Client().GetAsync("http://orders.sales/", Stop)));

        (hole.Dials - dials).ShouldBe(2);
        clock.GetElapsedTime(started).ShouldBeLessThan(3 * limit);
        error.Message.ShouldContain("orders.sales did not answer: 2 tries failed");
    }

    [Fact]
    public async Task Send_EverythingCountsAsDownAndOneClusterIsBack_FindsItAfterOneConnectLimit()
    {
        var hole = new BlackHole();
        var clock = new FakeTimeProvider();
        await using var far = await Backend.SayingAsync("far");
        int[] near = [.. Enumerable.Range(0, 6).Select(_ => hole.Add(TestMesh.ClosedPort()))];
        hole.Add(far.Port);
        await using var mesh = await NearAndFar.StartAsync(near, [far.Port], clock, configure: hole.AddTo);
        await Should.ThrowAsync<MeshRoutingException>(Eventually.TurnUntilEnd(clock, mesh.Client().GetAsync("http://orders.sales/", Stop)));

        hole.Remove(far.Port);
        using var response = await Eventually.TurnUntilEnd(clock, mesh.Client().GetAsync("http://orders.sales/", Stop));

        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("far");
    }

    [Fact]
    public async Task Send_MoreDeadEndpointsThanRepicks_EndsAtTheLimit()
    {
        await using var mesh = await NearAndFar.StartAsync([.. Enumerable.Range(0, 20).Select(static _ => TestMesh.ClosedPort())], []);
        using var repicks = Instrument.Of<long>(mesh, "mesh.client.repicks");

        var error = await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));

        error.Message.ShouldStartWith("orders.sales did not answer: 17 tries failed");
        repicks.Total().ShouldBe(16);
    }
}
