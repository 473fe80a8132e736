using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mesh.Benchmarks.P7;

/// <summary>An application in one cluster that asks the service at a steady rate, however the answers come.</summary>
internal sealed partial class ClusterCaller : IAsyncDisposable
{
    private const string Url = "http://orders.sales/";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ServiceProvider _services;
    private readonly HttpClient _client;

    private ClusterCaller(ServiceProvider services)
    {
        _services = services;
        _client = services.GetRequiredService<IHttpClientFactory>().CreateClient("client");
        _client.Timeout = Patience;
    }

    public static async Task<ClusterCaller> StartAsync(string cluster, SpillOver rule, IReadOnlyList<ClusterProcess> clusters)
    {
        var collection = new ServiceCollection();
        var client = collection.AddHttpClient("client").RemoveAllLoggers();
        client.Services.AddMeshRouting(mesh => mesh
            .RunsIn(cluster: cluster)
            .AddMemory(m =>
            {
                foreach (var other in clusters)
                {
                    m.Service("orders.sales", other.Name, s => Array.ForEach(other.Ports, p => s.Endpoint("127.0.0.1", p)));
                }
            })
            .Configure(o =>
            {
                o.Namespaces.Add("sales");
                o.Policy.SpillOver = rule;
            }));
        var services = collection.BuildServiceProvider();
        foreach (var hosted in services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(CancellationToken.None);
        }

        return new ClusterCaller(services);
    }

    /// <summary>Asks until it is cancelled.</summary>
    /// <param name="rate">Requests per second.</param>
    /// <param name="run">Takes what comes of them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task AskAsync(double rate, LossRun run, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var waiting = new List<Task>();
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            var early = TimeSpan.FromSeconds(i / rate) - time.GetElapsedTime(started);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, time, CancellationToken.None);
            }

            waiting.Add(AskOnceAsync(run));
        }

        await Task.WhenAll(waiting);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>())
        {
            await hosted.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }

    private async Task AskOnceAsync(LossRun run)
    {
        var second = run.Begin();
        try
        {
            using var response = await _client.GetAsync(Url);
            var isFromPod = response.Headers.TryGetValues(BackendPod.PodHeader, out _);
            if (isFromPod)
            {
                Learn(response, run);
            }

            if (isFromPod && response.StatusCode != HttpStatusCode.OK)
            {
                run.Fail(second, string.Create(CultureInfo.InvariantCulture, $"a pod answered {(int)response.StatusCode}"));
            }
            else
            {
                run.End(second, isFromPod ? Ending.Served : Ending.Shed);
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            run.Fail(second, Reason(e));
        }
    }

    // Ports differ from pod to pod, and what to do is said elsewhere: neither makes another reason.
    private static string Reason(Exception exception)
    {
        var said = Port().Replace(exception.Message, "a pod");
        var end = said.IndexOf(" mesh.Explain", StringComparison.Ordinal);
        return end < 0 ? said : said[..end];
    }

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Port();

    private static void Learn(HttpResponseMessage response, LossRun run)
    {
        var cluster = response.Headers.GetValues(BackendPod.ClusterHeader).First();
        run.Arrived(cluster, long.Parse(response.Headers.GetValues(BackendPod.ArrivedHeader).First(), CultureInfo.InvariantCulture));
    }
}
