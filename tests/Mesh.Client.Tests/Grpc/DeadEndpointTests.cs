using Grpc.Net.Client;
using Mesh.Backends;
using Mesh.Greeting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Grpc;

/// <summary>HTTP/2 endpoints to which no connection comes about, with many callers waiting for it.</summary>
public class DeadEndpointTests
{
    private const int Callers = 100;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Greet_ManyCallersOfABlackHole_AllSucceedElsewhereAfterOneConnectLimit(bool byFactory)
    {
        await using var far = await GreeterBackend.StartAsync("beta");
        var clock = new FakeTimeProvider();
        var hole = new BlackHole();
        var dead = hole.Add(TestMesh.ClosedPort());
        await using var mesh = await StartAsync(clock, dead, far.Port, "http", hole.AddTo);
        using var channel = byFactory ? null : GrpcChannel.ForAddress(
            "http://greeter.sales",
            new GrpcChannelOptions { HttpHandler = mesh.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("bare"), DisposeHttpClient = true });

        var calls = await CallAndWaitAsync(channel is null ? mesh.Services.GetRequiredService<Greeter.GreeterClient>() : new Greeter.GreeterClient(channel), mesh, dead);
        await Eventually.BecomesTrue(() => hole.Dials == 1, "the endpoint is dialled");
        calls.ShouldAllBe(static c => !c.IsCompleted);
        clock.Advance(ConnectLimit);

        (await Task.WhenAll(calls).WaitAsync(Eventually.Bound, Stop)).ShouldAllBe(static r => r.Text == "beta");
        far.Count.ShouldBe(Callers);
        hole.Dials.ShouldBe(1);
        ShouldHaveFailedOnce(mesh, dead);
    }

    [Fact]
    public async Task Greet_ManyCallersOfAPeerThatNeverShakesHands_AllSucceedElsewhereAfterOneConnectLimit()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("greeter.sales");
        await using var far = await GreeterBackend.StartAsync("beta", certificate);
        await using var silent = new SilentPeer();
        var clock = new FakeTimeProvider();
        await using var mesh = await StartAsync(clock, silent.Port, far.Port, "https", s => s.Configure<MeshTransportOptions>(o => o.ConfigureTls = authority.Trust));

        var calls = await CallAndWaitAsync(mesh.Services.GetRequiredService<Greeter.GreeterClient>(), mesh, silent.Port);
        await Eventually.BecomesTrue(() => silent.Count == 1, "a connection to the silent peer");
        clock.Advance(ConnectLimit);

        (await Task.WhenAll(calls).WaitAsync(Eventually.Bound, Stop)).ShouldAllBe(static r => r.Text == "beta");
        far.Count.ShouldBe(Callers);
    }

    [Fact]
    public async Task Greet_ManyCallersOfAPeerThatAcceptsAndNeverSpeaksHttp2_AllSucceedElsewhereAfterOneConnectLimit()
    {
        await using var far = await GreeterBackend.StartAsync("beta");
        await using var silent = new SilentPeer();
        var clock = new FakeTimeProvider();
        await using var mesh = await StartAsync(clock, silent.Port, far.Port, "http", static _ => { });

        var calls = await CallAndWaitAsync(mesh.Services.GetRequiredService<Greeter.GreeterClient>(), mesh, silent.Port);
        await Eventually.BecomesTrue(() => silent.Count == 1, "a connection to the silent peer");
        clock.Advance(ConnectLimit);

        (await Task.WhenAll(calls).WaitAsync(Eventually.Bound, Stop)).ShouldAllBe(static r => r.Text == "beta");
        far.Count.ShouldBe(Callers);
    }

    // However many waited for it, one connection was lost: that ejects nobody, and no cluster is down.
    private static void ShouldHaveFailedOnce(TestMesh mesh, int dead)
    {
        mesh.Explain(dead, "greeter.sales").Failures.ShouldBe(1);
        mesh.Explain(dead, "greeter.sales").Health.ShouldBe("healthy");
        mesh.Services.GetRequiredService<IMesh>().Explain("greeter.sales").Tiers.ShouldAllBe(static t => !t.IsDown);
    }

    private static async Task<TestMesh> StartAsync(FakeTimeProvider clock, int near, int far, string scheme, Action<IServiceCollection> configure)
    {
        var mesh = await TestMesh.StartAsync(services =>
        {
            services.AddSingleton<TimeProvider>(clock);
            services.AddGrpcClient<Greeter.GreeterClient>(o => o.Address = new Uri($"{scheme}://greeter.sales"));
            configure(services);
        });
        mesh.Source.Service("greeter.sales", "alpha", s => s.Endpoint("127.0.0.1", near));
        mesh.Source.Service("greeter.sales", "beta", s => s.Endpoint("127.0.0.1", far));
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);
        return mesh;
    }

    // The nearest endpoint is the dead one: all callers wait there.
    private static async Task<List<Task<GreetReply>>> CallAndWaitAsync(Greeter.GreeterClient client, TestMesh mesh, int dead)
    {
        var calls = Enumerable.Range(0, Callers).Select(_ => client.GreetAsync(new GreetRequest { Name = "x" }, cancellationToken: Stop).ResponseAsync).ToList();
        await Eventually.BecomesTrue(() => mesh.Explain(dead, "greeter.sales").InFlight == Callers, "every caller waits at the dead endpoint");
        return calls;
    }
}
