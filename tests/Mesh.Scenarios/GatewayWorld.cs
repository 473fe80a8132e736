using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh;

/// <summary>An app in one network and the pods of its service in another, behind gateways.</summary>
internal static class GatewayWorld
{
    public const string Url = "http://orders.sales/items/7?a=1%2F2";

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static FixtureApp App(MeshFixture mesh, Action<FixtureAppOptions>? configure = null) => mesh.App(cluster: "alpha", node: "n1", o =>
    {
        // On the system's clock a loaded machine must not run into the limit.
        o.ConfigureMesh(static m => m.Configure(static c => c.Policy.ConnectTimeout = TimeSpan.FromSeconds(10)));
        configure?.Invoke(o);
    });

    /// <summary>Alpha, where the app runs and no pod is, and beta in another network behind gateways.</summary>
    public static Task<MeshFixture> StartAsync(
        Action<MeshFixtureBuilder>? more = null, int gateways = 2, IReadOnlyCollection<string>? clusters = null, Action<FixtureServiceOptions>? service = null) =>
        MeshFixture.StartAsync(
            m =>
            {
                m.Output = TestContext.Current.SendDiagnosticMessage;
                m.Cluster("alpha", region: "eu", zone: "eu-1").Cluster("beta", region: "eu", zone: "eu-2", network: "far").Gateway(gateways);
                more?.Invoke(m);
                m.Service("orders.sales", replicas: 3, clusters: clusters ?? ["beta"], configure: service);
            },
            Stop);

    public static Task<SendResults> SendAsync(FixtureApp app, int count, string url, int atOnce = 4, Action<HttpRequestMessage>? configure = null) =>
        app.SendAsync(count, url, atOnce, configure, Stop);

    /// <summary>Sends until something holds; the test's own time-out bounds it.</summary>
    public static async Task SendUntilAsync(FixtureApp app, Func<bool> condition)
    {
        while (!condition())
        {
            await SendAsync(app, 2, Url);
        }
    }

    /// <summary>What <c>mesh.client.degraded</c> says of a reason now.</summary>
    public static string Degraded(FixtureApp app, string reason)
    {
        List<string> read = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, app.Services.GetRequiredService<IMeterFactory>()) && instrument.Name == "mesh.client.degraded")
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) =>
        {
            var said = tags.ToArray().ToDictionary();
            if ((string?)said["mesh.reason"] == reason)
            {
                read.Add($"{said.GetValueOrDefault("mesh.cluster")} {value}".Trim());
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return string.Join(", ", read);
    }
}
