using System.Net.Sockets;
using Mesh.Backends;
using Mesh.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Hosting;

namespace Mesh.Telemetry;

/// <summary>What the log warns of can be alerted on, and the alert clears by itself where that can be: <c>mesh.client.degraded</c> and <c>mesh.client.undecided</c>.</summary>
public sealed class DegradedTests
{
    [Fact]
    public async Task Start_ASectionIsNotThere_IsCountedBeforeAnyRequest()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Mesh:Seed", "1")]).Build();
        await using var wrong = await TestMesh.StartAsync(services =>
        {
            services.AddMeshRouting(configuration.GetSection("Mash"));
            services.AddMeshRouting(configuration.GetSection("Mesh"));
        });
        await using var right = await TestMesh.StartAsync(services => services.AddMeshRouting(configuration.GetSection("Mesh")));

        Degraded.Now(wrong, "no_section").ShouldBe("1");
        Degraded.Now(right, "no_section").ShouldBe("0");
    }

    [Fact]
    public async Task Start_NoSource_IsCountedBeforeAnyRequest()
    {
        var collection = new ServiceCollection();
        collection.AddMeshRouting(static _ => { });
        await using var services = collection.BuildServiceProvider();
        _ = services.GetRequiredService<ClientConditions>();
        using var degraded = Degraded.Collect(services);
        foreach (var hosted in services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(Stop);
        }

        Degraded.Read(degraded, "no_source").ShouldBe("1");
        Degraded.Read(degraded, "no_own_cluster").ShouldBe("0", "nothing is preferred where nothing is");
        await using var other = await TestMesh.StartAsync();
        Degraded.Now(other, "no_source").ShouldBe("0");
    }

    [Fact]
    public async Task OwnCluster_IsNotSaid_UntilItTurnsOut()
    {
        await using var mesh = await TestMesh.StartAsync(null, static m => m.Configure(static o => o.Locality.Cluster = null));
        Degraded.Now(mesh, "no_own_cluster").ShouldBe("1");
        mesh.Logs.GetSnapshot().Count(static l => l.Id.Id == 1305).ShouldBe(1);

        mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { IsDirect = true, IsOwn = true });

        await Eventually.BecomesTrue(() => Degraded.Now(mesh, "no_own_cluster") == "0", "the own cluster is known");
    }

    [Fact]
    public async Task Settings_OfAClientThatServicesDoNotSee_AreCountedWithItsFirstService()
    {
        await using var orders = await Backend.StartAsync();
        await using var mesh = await TestMesh.StartAsync(
            static services => services.AddHttpClient("web").ConfigurePrimaryHttpMessageHandler(static () => new HttpClientHandler { Credentials = new System.Net.NetworkCredential("a", "b") }),
            null,
            orders);
        Degraded.Now(mesh, "settings_ignored").ShouldBe("0");

        for (var i = 0; i < 2; i++)
        {
            await mesh.Client("web").GetStringAsync("http://orders.sales/", Stop);
        }

        Degraded.Now(mesh, "settings_ignored").ShouldBe("1");
    }

    [Fact]
    public async Task Requests_ThatGoPastTheMeshUndecided_AreCountedEach()
    {
        await using var proxy = await Backend.StartAsync();
        await using var mesh = await TestMesh.StartAsync(
            services =>
            {
                services.AddMeshRouting(static m => m.AddSource(static _ => new SlowSource("no answer")));
                services.AddHttpClient("web").ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { Proxy = new System.Net.WebProxy(proxy.Uri), UseProxy = true });
            },
            null,
            addMesh: false);
        using var undecided = Instrument.Of<long>(mesh, "mesh.client.undecided");

        await mesh.Client("web").GetStringAsync("http://orders.accounts/", Stop);
        await mesh.Client("web").GetStringAsync("http://orders.accounts/", Stop);
        using (var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.accounts/"))
        {
            mesh.Client("web").Send(request, Stop).Dispose();
        }

        undecided.RecordObservableInstruments();
        undecided.LastMeasurement!.Value.ShouldBe(3);
        mesh.Logs.GetSnapshot().Count(static l => l.Id.Id == 1301).ShouldBe(1);
    }

    [Fact]
    public async Task Endpoint_ThatCannotBeConnectedTo_UntilItCan()
    {
        await using var orders = await Backend.StartAsync();
        var isDown = true;
        await using var mesh = await NearAndFar.StartAsync(orders, null, configure: services => services.Configure<MeshTransportOptions>(o => o.Dial = async (endpoint, cancellationToken) =>
        {
            if (Volatile.Read(ref isDown))
            {
                throw new SocketException((int)SocketError.ConnectionRefused);
            }

            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(System.Net.IPAddress.Loopback, endpoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }));
        await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));
        Degraded.Now(mesh, "endpoint_unreachable").ShouldBe("mesh.cluster=alpha 1");

        Volatile.Write(ref isDown, false);
        while (!await AnswersAsync(mesh))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Stop);
        }

        Degraded.Now(mesh, "endpoint_unreachable").ShouldBe("mesh.cluster=alpha 0");
        mesh.Logs.GetSnapshot().Count(static l => l.Id.Id == 1311).ShouldBe(1);
    }

    [Fact]
    public async Task Endpoint_ThatCannotBeConnectedTo_UntilItIsGone()
    {
        await using var mesh = await NearAndFar.StartAsync([TestMesh.ClosedPort()], []);
        await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));
        Degraded.Now(mesh, "endpoint_unreachable").ShouldBe("mesh.cluster=alpha 1");

        mesh.SetOrders("alpha", []);

        await Eventually.BecomesTrue(() => Degraded.Now(mesh, "endpoint_unreachable") == "mesh.cluster=alpha 0", "the endpoint is gone");
        await Eventually.BecomesTrue(() => mesh.Logs.GetSnapshot().Any(static l => l.Id.Id == 1316), "the log says so");
        mesh.Logs.GetSnapshot().Count(static l => l.Id.Id == 1310).ShouldBe(1);
    }

    private static async Task<bool> AnswersAsync(TestMesh mesh)
    {
        try
        {
            using var response = await mesh.Client().GetAsync("http://orders.sales/", Stop);
            return response.IsSuccessStatusCode;
        }
        catch (MeshRoutingException)
        {
            return false;
        }
    }
}
