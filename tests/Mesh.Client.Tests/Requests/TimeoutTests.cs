using System.IO.Pipelines;
using System.Net.Sockets;
using Mesh.Backends;
using Mesh.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Requests;

/// <summary>The time limits of a policy, on a turned clock.</summary>
public class TimeoutTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Send_TryTimeoutRunsOutBeforeTheConnectionIsReady_GoesElsewhereWhateverTheMethodAndTheBody()
    {
        var hole = new BlackHole();
        var dead = hole.Add(TestMesh.ClosedPort());
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(
            [dead], [far.Port], _clock, static o => o.Policy.TryTimeout = TimeSpan.FromMilliseconds(200), hole.AddTo);
        using var repicks = Instrument.Of<long>(mesh, "mesh.client.repicks");
        using var body = new StreamContent(new OneWayStream("once"u8.ToArray()));
        var sending = mesh.Client().PostAsync("http://orders.sales/", body, Stop);
        await Eventually.BecomesTrue(() => hole.Dials == 1, "the endpoint is dialled");

        _clock.Advance(TimeSpan.FromMilliseconds(200));

        using var response = await sending.WaitAsync(Eventually.Bound, Stop);
        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("far");
        repicks.Total().ShouldBe(1);
        mesh.Explain(dead).Failures.ShouldBe(0);
        _clock.Advance(TimeSpan.FromMilliseconds(800));
        await Eventually.BecomesTrue(() => mesh.Explain(dead).Failures == 1, "the connection's own limit tells");
    }

    [Fact]
    public async Task TryTimeout_NearEndpointHangs_TheRequestGoesElsewhere()
    {
        await using var near = await Backend.HangingAsync();
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far, _clock, static o => o.Policy.TryTimeout = TimeSpan.FromSeconds(3));

        var sending = mesh.Client().GetStringAsync("http://orders.sales/", Stop);
        await Eventually.BecomesTrue(() => near.Count == 1, "the request arrives");
        _clock.Advance(TimeSpan.FromSeconds(2.9));
        mesh.Explain(near.Port).InFlight.ShouldBe(1);

        (await Eventually.TurnUntilEnd(_clock, sending)).ShouldBe("far");
        mesh.Explain(near.Port).Failures.ShouldBe(1);
    }

    [Fact]
    public async Task TryTimeout_Post_FailsNamingTheLimit()
    {
        await using var near = await Backend.HangingAsync();
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far, _clock, static o => o.Policy.TryTimeout = TimeSpan.FromSeconds(3));

        var sending = mesh.Client().PostAsync("http://orders.sales/", null, Stop);
        await Eventually.BecomesTrue(() => near.Count == 1, "the request arrives");
        _clock.Advance(TimeSpan.FromSeconds(3));

        var error = await Should.ThrowAsync<MeshRoutingException>(sending.WaitAsync(Eventually.Bound, Stop));
        error.Message.ShouldStartWith($"orders.sales did not answer within 3 s (TryTimeout); 1 try was made, the last at 127.0.0.1:{near.Port} in cluster 'alpha'.");
        error.GetBaseException().ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.TimedOut);
        far.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Timeout_EveryoneHangs_EndsTheRequestWithItsTries()
    {
        await using var near = await Backend.HangingAsync();
        await using var far = await Backend.HangingAsync();
        await using var mesh = await NearAndFar.StartAsync(near, far, _clock, static o =>
        {
            o.Policy.TryTimeout = TimeSpan.FromSeconds(3);
            o.Policy.Timeout = TimeSpan.FromSeconds(5);
        });

        var sending = mesh.Client().GetAsync("http://orders.sales/", Stop);
        await Eventually.BecomesTrue(() => near.Count == 1, "the first try arrives");
        _clock.Advance(TimeSpan.FromSeconds(3));
        await Eventually.BecomesTrue(
            () =>
            {
                // The pause between the two is at most 250 ms.
                _clock.Advance(TimeSpan.FromMilliseconds(1));
                return far.Count == 1;
            },
            "the second try arrives");
        sending.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(2));

        var error = await Should.ThrowAsync<MeshRoutingException>(sending.WaitAsync(Eventually.Bound, Stop));
        error.Message.ShouldStartWith($"orders.sales did not answer within 5 s (Timeout); 2 tries were made, the last at 127.0.0.1:{far.Port} in cluster 'beta'.");
    }

    [Fact]
    public async Task ConnectTimeout_OfTheService_IsTheLimitOfAConnection()
    {
        var hole = new BlackHole();
        var dead = hole.Add(TestMesh.ClosedPort());
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync([dead], [far.Port], _clock, static o => o.Policy.ConnectTimeout = TimeSpan.FromSeconds(4), hole.AddTo);

        var sending = mesh.Client().GetStringAsync("http://orders.sales/", Stop);
        await Eventually.BecomesTrue(() => hole[dead] == 1, "the endpoint is dialled");
        _clock.Advance(TimeSpan.FromSeconds(3.9));
        mesh.Explain(dead).InFlight.ShouldBe(1);
        _clock.Advance(TimeSpan.FromSeconds(0.1));

        (await sending.WaitAsync(Eventually.Bound, Stop)).ShouldBe("far");
    }
}
