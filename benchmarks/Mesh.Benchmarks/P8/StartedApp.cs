using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mesh.Benchmarks.P8;

/// <summary>A small application in a process of its own: a host with one client of the factory, which sends one request as soon as the host has started.</summary>
internal static class StartedApp
{
    public const string Bare = "bare";
    public const string Memory = "memory";
    public const string Down = "down";
    public const string State = "state";

    /// <param name="arguments">Which of them, the server's port, and where a cluster is watched the folder with its kubeconfig and, perhaps, its state.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (kind, port) = (arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHttpClient("client").RemoveAllLoggers();
        builder.Services.AddLogging(static l => l.ClearProviders());
        if (kind != Bare)
        {
            builder.Services.AddMeshRouting(mesh =>
            {
                mesh.RunsIn(cluster: KeptStateFolder.Cluster);
                if (kind != State)
                {
                    mesh.AddMemory(m => m.Service(KeptStateFolder.Service, KeptStateFolder.Cluster, s => s.Endpoint("127.0.0.1", port)));
                }

                if (kind != Memory)
                {
                    mesh.AddKubernetesCluster(KeptStateFolder.Cluster, k => k.KubeconfigPath = Path.Combine(arguments[2], KeptStateFolder.Kubeconfig)).Configure(o => o.StateDirectory = arguments[2]);
                }
            });
        }

        using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        var uri = kind == Bare ? string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/") : $"http://{KeptStateFolder.Service}/";
        using (var response = await host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("client").GetAsync(uri, cancellationToken))
        {
            response.EnsureSuccessStatusCode();
        }

        // What the parent waits for; the rest is information.
        Console.WriteLine("answered");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.CpuUsage.TotalTime.TotalMilliseconds} {GC.GetTotalMemory(forceFullCollection: true)}"));
        Environment.Exit(0);
    }
}
