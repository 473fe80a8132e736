using System.Globalization;
using System.Net;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using static Mesh.GatewayWorld;

namespace Mesh;

/// <summary>A cluster of another network is reached through its gateways, with mutual TLS, as if its pods were dialled.</summary>
public class GatewayTests
{
    [Fact(Timeout = 60_000)]
    public async Task Send_ClusterInAnotherNetwork_IsServedThroughItsGatewayWithTheWireHeaders()
    {
        await using var mesh = await StartAsync();
        await using var app = App(mesh);

        var results = await SendAsync(app, 50, Url, configure: r =>
        {
            r.Headers.TryAddWithoutValidation("mesh-service", "payroll.hr");
            r.Headers.TryAddWithoutValidation("mesh-anything", "forged");
            r.Headers.TryAddWithoutValidation("x-own", "kept");
        });

        results.ShouldAllBeServedBy("beta");
        results.ByPod.Count.ShouldBe(3);
        var received = mesh["beta"].Gateways.SelectMany(static g => g.Received).ToList();
        received.Count.ShouldBe(50);
        received.ShouldAllBe(static r => r.Protocol == "HTTP/2" && r.Authority == "mesh.beta.mesh.test" && r.Peer == "spiffe://mesh.test/cluster/alpha/app");
        received.ShouldAllBe(static r => r.Target == "/items/7?a=1%2F2");
        var headers = received[0].Headers;
        headers["mesh-service"].ShouldBe("orders.sales:80");
        headers["mesh-from"].ShouldBe("eu/eu-1/alpha");
        headers["mesh-hops"].ShouldBe("1");
        headers["mesh-authority"].ShouldBe("orders.sales");
        headers["mesh-scheme"].ShouldBe("http");
        headers["x-own"].ShouldBe("kept");
        headers.ContainsKey("mesh-anything").ShouldBeFalse();
        headers.ContainsKey("mesh-deadline").ShouldBeFalse();
    }

    [Fact(Timeout = 60_000)]
    public async Task Send_BackendSeesTheOriginalHostPathAndBody()
    {
        await using var mesh = await StartAsync(service: s => s.Handler = async context =>
        {
            context.Response.Headers["x-host"] = context.Request.Host.Value;
            context.Response.Headers["x-mesh"] = string.Join(',', context.Request.Headers.Keys.Where(static k => k.StartsWith("mesh-", StringComparison.OrdinalIgnoreCase)));
            await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
        });
        await using var app = App(mesh);
        using var content = new StringContent(new string('x', 200_000));

        using var response = await app.HttpClient.PostAsync(new Uri("http://orders.sales:80/a%2Fb"), content, Stop);

        (await response.Content.ReadAsStringAsync(Stop)).Length.ShouldBe(200_000);
        response.Headers.GetValues("x-host").Single().ShouldBe("orders.sales");
        response.Headers.GetValues("x-mesh").Single().ShouldBe("");
        response.RequestMessage!.RequestUri!.Host.ShouldBe("orders.sales");
    }

    [Fact(Timeout = 60_000)]
    public async Task Send_SeveralServices_ShareOneConnectionPerGateway()
    {
        await using var mesh = await StartAsync(m => m.Service("payments.sales", replicas: 2, clusters: ["beta"]), gateways: 1);
        await using var app = App(mesh);
        (await SendAsync(app, 20, Url, atOnce: 1)).ShouldAllBeServedBy("beta");

        (await SendAsync(app, 20, "http://payments.sales/", atOnce: 1)).ShouldAllBeServedBy("beta");

        mesh["beta"].Gateways[0].Received.Select(static r => r.Connection).Distinct().Count().ShouldBe(1);
        mesh["beta"].Gateways[0].Received.Select(static r => r.Headers["mesh-service"]).Distinct().Order().ShouldBe(["orders.sales:80", "payments.sales:80"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Send_PolicyHasATimeLimit_TheGatewayIsToldWhatIsLeft()
    {
        await using var mesh = await StartAsync();
        await using var app = App(mesh, o => o.ConfigureMesh(m => m.Configure(c => c.Policy.Timeout = TimeSpan.FromSeconds(20))));

        (await SendAsync(app, 5, Url)).ShouldAllBeServedBy("beta");

        mesh["beta"].Gateways.SelectMany(static g => g.Received).ShouldAllBe(static r => int.Parse(r.Headers["mesh-deadline"], CultureInfo.InvariantCulture) <= 20_000);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("none", "mesh-deadline", "15000", 15_000, 15_000)]
    [InlineData("none", "grpc-timeout", "15S", 15_000, 15_000)]
    [InlineData("Timeout", "mesh-deadline", "15000", 1, 15_000)]
    [InlineData("Timeout", "grpc-timeout", "15S", 1, 15_000)]
    [InlineData("Timeout", "mesh-deadline", "60000", 15_001, 20_000)]
    [InlineData("Timeout, not told", "mesh-deadline", "15000", 1, 15_000)]
    [InlineData("TryTimeout", "mesh-deadline", "15000", 15_000, 15_000)]
    [InlineData("TryTimeout", "grpc-timeout", "15S", 15_000, 15_000)]
    [InlineData("TryTimeout", "mesh-deadline", "60000", 20_000, 20_000)]
    public async Task Send_CallerBringsADeadline_TheGatewayIsToldTheShorterOfItAndOurs(string policy, string header, string said, int least, int most)
    {
        await using var mesh = await StartAsync();
        await using var app = App(mesh, o => o.ConfigureMesh(m => m.Configure(c =>
        {
            c.Policy.Timeout = policy.StartsWith("Timeout", StringComparison.Ordinal) ? TimeSpan.FromSeconds(20) : null;
            c.Policy.TryTimeout = policy == "TryTimeout" ? TimeSpan.FromSeconds(20) : null;
            c.Policy.PropagateDeadline = policy != "Timeout, not told";
        })));

        (await SendAsync(app, 5, Url, configure: r => r.Headers.TryAddWithoutValidation(header, said))).ShouldAllBeServedBy("beta");

        mesh["beta"].Gateways.SelectMany(static g => g.Received).ShouldAllBe(r => int.Parse(r.Headers["mesh-deadline"], CultureInfo.InvariantCulture) >= least && int.Parse(r.Headers["mesh-deadline"], CultureInfo.InvariantCulture) <= most);
    }

    [Fact(Timeout = 60_000)]
    public async Task Send_OneGatewayOfTwoDies_NoRequestFails()
    {
        await using var mesh = await StartAsync();
        await using var app = App(mesh);
        await using var load = app.StartLoad([Url]);
        await load.WaitForAsync(100, Stop);
        mesh["beta"].Gateways.ShouldAllBe(static g => g.Arrived > 0);

        await mesh["beta"].Gateways[0].StopAsync();
        await load.WaitForAsync(300, Stop);
        await mesh["beta"].Gateways[0].StartAsync(Stop);
        var before = mesh["beta"].Gateways[0].Arrived;
        await app.WaitUntilAsync(() => mesh["beta"].Gateways[0].Arrived > before, Stop);

        (await load.StopAsync()).ShouldAllBeServedBy("beta");
    }

    [Fact(Timeout = 60_000)]
    public async Task Send_OneGatewayOfTwoFallsSilent_NoRequestFails()
    {
        await using var mesh = await StartAsync();
        await using var app = App(mesh, o => o.ConfigureMesh(m => m.Configure(c => c.Policy.TryTimeout = TimeSpan.FromSeconds(1))));
        await using var load = app.StartLoad([Url]);
        await load.WaitForAsync(100, Stop);

        mesh["beta"].Gateways[0].Link.BlackHole();
        await load.WaitForAsync(300, Stop);

        (await load.StopAsync()).ShouldAllBeServedBy("beta");
    }

    [Fact(Timeout = 60_000)]
    public async Task Send_BothGatewaysDie_TheNextClusterServesAndNoRequestFails()
    {
        await using var mesh = await StartAsync(m => m.Cluster("gamma", region: "us"), clusters: ["beta", "gamma"]);
        await using var app = App(mesh);
        await using var load = app.StartLoad([Url]);
        await load.WaitForAsync(50, Stop);
        load.Take().ShouldAllBeServedBy("beta");

        await mesh["beta"].StopAsync(cancellationToken: Stop);
        await load.WaitForAsync(200, Stop);
        load.Take().ShouldAllSucceed();
        (await SendAsync(app, 20, Url)).ShouldAllBeServedBy("gamma");

        (await load.StopAsync()).Failed.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Send_PodsBesideGateways_EachClusterGetsWhatIsReadyInIt()
    {
        // Four pods that are dialled and eight behind two gateways, all of one region: a third and two thirds.
        await using var mesh = await StartAsync(static m => m.Cluster("delta", region: "eu", zone: "eu-3"), clusters: ["beta", "delta"]);
        await mesh["delta"].ScaleAsync("orders.sales", 4, Stop);
        await mesh["beta"].ScaleAsync("orders.sales", 8, Stop);
        await using var app = App(mesh, static o => o.ConfigureMesh(static m => m.Configure(static c => c.Policy.LoadBalancing = "random")));
        await app.WaitForSyncAsync(Stop);

        var results = await SendAsync(app, 900, Url);

        // 1.6 points are a standard deviation.
        results.ShouldAllSucceed().ShareOf("beta").ShouldBeInRange(0.586, 0.746, $"seed {mesh.Seed}");
        var endpoints = app.Explain("orders.sales").Tiers.Single().Endpoints;
        endpoints.Where(static e => e.Cluster.Name == "beta").Select(static e => e.Weight).ShouldBe([4, 4]);
        endpoints.First(static e => e.Cluster.Name == "beta").Behind.Length.ShouldBe(8);
    }

    [Fact(Timeout = 60_000)]
    public async Task Failed_TheGatewayAnswers503_IsEjectedAndTheOtherServes()
    {
        await using var mesh = await StartAsync();
        await using var app = App(mesh);
        await SendAsync(app, 10, Url);
        var gateways = mesh["beta"].Gateways;
        gateways[0].Faults.ErrorRate = 1;

        await SendUntilAsync(app, () => app.Explain("orders.sales").Tiers[0].Endpoints.Any(static e => e.Health == "ejected"));

        app.Explain("orders.sales").Tiers[0].Endpoints.Single(static e => e.Health == "ejected").Address.ShouldBe($"{gateways[0].Address}:15443");
        (await SendAsync(app, 30, Url)).ShouldAllBeServedBy("beta");
        app.Logs.ShouldNotContain(static l => l.Event.Id == 1212);
    }

    [Fact(Timeout = 60_000)]
    public async Task Probe_AGatewayIsNotReady_TheOtherServesUntilItIsAndNoRequestFails()
    {
        await using var mesh = await StartAsync();
        await using var app = App(mesh, static o => o.ConfigureMesh(static m => m.Configure(static c => c.Policy.ProbeInterval = TimeSpan.FromMilliseconds(200))));
        var (first, second) = (mesh["beta"].Gateways[0], mesh["beta"].Gateways[1]);
        await using var load = app.StartLoad([Url]);
        await load.WaitForAsync(20, Stop);

        first.IsReady = false;
        await app.WaitUntilAsync(() => HealthOf(app, first) == "probe failed", Stop);
        app.Logs.ShouldNotContain(static l => l.Event.Id == 1200);
        first.IsReady = true;
        await app.WaitUntilAsync(() => HealthOf(app, first) == "healthy", Stop);

        // Nobody there at all: the probes notice, whoever asks.
        await second.StopAsync();
        await app.WaitUntilAsync(() => HealthOf(app, second) != "healthy", Stop);
        (await load.StopAsync()).ShouldAllBeServedBy("beta");
        first.Probed.ShouldBeGreaterThan(3);
        first.Received.ShouldNotContain(static r => r.Target == "/ready");
    }

    [Fact(Timeout = 60_000)]
    public async Task Failed_ThePodsBehindAnswer503_AnotherClusterServesAndNoGatewayIsEjected()
    {
        await using var mesh = await StartAsync(m => m.Cluster("gamma", region: "us"), clusters: ["beta", "gamma"]);
        await using var app = App(mesh);
        (await SendAsync(app, 10, Url)).ShouldAllBeServedBy("beta");
        mesh["beta"].Pods("orders.sales").ForEach(static p => p.Faults.ErrorRate = 1);

        await SendUntilAsync(app, () => app.Logs.Any(static l => l.Event.Id == 1212));

        app.Explain("orders.sales").Tiers[0].Endpoints.ShouldAllBe(static e => e.Health == "what is behind it fails");
        app.Logs.ShouldNotContain(static l => l.Event.Id == 1200);

        mesh["beta"].Pods("orders.sales").ForEach(static p => p.Faults.Clear());
        await SendUntilAsync(app, () => app.Logs.Any(static l => l.Event.Id == 1213));
        (await SendAsync(app, 20, Url)).ShouldAllBeServedBy("beta");
    }

    [Fact(Timeout = 60_000)]
    public async Task Grpc_ThroughAGateway_UnaryAndStreamsWithTrailers()
    {
        await using var mesh = await StartAsync(service: static s => s.Protocols = BackendProtocols.Http2);
        await using var app = App(mesh);
        using var handler = app.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler();
        using var channel = GrpcChannel.ForAddress("http://orders.sales", new GrpcChannelOptions { HttpHandler = handler });
        var invoker = channel.CreateCallInvoker();

        using var unary = invoker.AsyncUnaryCall(Method(MethodType.Unary), null, new CallOptions(cancellationToken: Stop), Encoding.UTF8.GetBytes("hello"));
        Encoding.UTF8.GetString(await unary).ShouldBe("hello");
        unary.GetStatus().StatusCode.ShouldBe(StatusCode.OK);

        // The backend answers each message as it comes: the second is sent after the first has come back.
        using var duplex = invoker.AsyncDuplexStreamingCall(Method(MethodType.DuplexStreaming), null, new CallOptions(cancellationToken: Stop));
        for (var i = 0; i < 3; i++)
        {
            await duplex.RequestStream.WriteAsync(Encoding.UTF8.GetBytes($"message {i}"), Stop);
            (await duplex.ResponseStream.MoveNext(Stop)).ShouldBeTrue();
            Encoding.UTF8.GetString(duplex.ResponseStream.Current).ShouldBe($"message {i}");
        }

        await duplex.RequestStream.CompleteAsync();
        (await duplex.ResponseStream.MoveNext(Stop)).ShouldBeFalse();
        duplex.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
        mesh["beta"].Gateways.Sum(static g => g.Arrived).ShouldBe(2);
    }

    [Fact(Timeout = 60_000)]
    public async Task Gateway_ThatCannotBeConnectedTo_ShowsUntilItCan()
    {
        await using var mesh = await StartAsync(gateways: 1);
        await using var app = App(mesh);
        (await SendAsync(app, 1, Url)).ShouldAllBeServedBy("beta");

        await mesh["beta"].Gateways[0].StopAsync();
        await SendUntilAsync(app, () => app.Logs.Any(static l => l.Event.Id == 1312));
        Degraded(app, "gateway_unreachable").ShouldBe("beta 1");
        await mesh["beta"].Gateways[0].StartAsync(Stop);
        await SendUntilAsync(app, () => app.Logs.Any(static l => l.Event.Id == 1313));

        Degraded(app, "gateway_unreachable").ShouldBe("beta 0");
    }

    private static string HealthOf(FixtureApp app, FixtureGateway gateway) =>
        app.Explain("orders.sales").Tiers.SelectMany(static t => t.Endpoints).Single(e => e.Address == $"{gateway.Address}:{FixtureGateway.Port}").Health;

    private static Method<byte[], byte[]> Method(MethodType type)
    {
        var bytes = Marshallers.Create(static (byte[] b) => b, static b => b);
        return new Method<byte[], byte[]>(type, "test.Echo", type.ToString(), bytes, bytes);
    }
}
