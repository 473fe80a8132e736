using Mesh;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Observability;

/// <summary>The application: a mesh over two clusters in memory, its metrics for Prometheus, and load.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Instance[] _instances;

    private Shop(WebApplication app, Instance[] instances)
    {
        _app = app;
        _instances = instances;
    }

    public Uri Address => new(_app.Urls.Single());

    /// <param name="args">The host's settings.</param>
    /// <param name="trouble">How long each state of the near instance lasts: well, failing, gone.</param>
    public static async Task<Shop> StartAsync(string[] args, TimeSpan trouble)
    {
        Instance near = await Instance.StartAsync(), far = await Instance.StartAsync();
        var builder = WebApplication.CreateSlimBuilder(args);
        if (builder.Configuration["urls"] is null)
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        }

        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddMeshRouting(mesh => mesh
            .RunsIn(cluster: "alpha")
            .Configure(static o =>
            {
                o.Namespaces.Add("sales");

                // Trouble comes back again and again here: the times would double up to five minutes.
                o.Policy.MaxEjectionTime = TimeSpan.FromSeconds(5);
            })
            .AddMemory(m => m
                .Service("orders.sales", "alpha", s => s.Endpoint("127.0.0.1", near.Port))
                .Service("orders.sales", "beta", s => s.Endpoint("127.0.0.1", far.Port))));
        builder.Services.AddOpenTelemetry()
            .WithMetrics(static m => m.AddMeter(MeshTelemetry.Name).AddHttpClientInstrumentation().AddAspNetCoreInstrumentation().AddPrometheusExporter())
            .WithTracing(static t => t.AddSource(MeshTelemetry.Name).AddHttpClientInstrumentation().AddAspNetCoreInstrumentation());
        builder.Services.AddHealthChecks().AddMeshRouting();
        builder.Services.AddHostedService(static s => new SteadyLoad(s.GetRequiredService<IHttpClientFactory>()));
        builder.Services.AddHostedService(_ => new Trouble(near, trouble));
        var app = builder.Build();
        app.MapPrometheusScrapingEndpoint();
        app.MapHealthChecks("/healthz");
        await app.StartAsync();
        return new Shop(app, [near, far]);
    }

    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }
    }
}
