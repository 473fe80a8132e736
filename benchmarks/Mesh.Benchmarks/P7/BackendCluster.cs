using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mesh.Benchmarks.P7;

/// <summary>The pods of one cluster, in a process of their own: says their ports, serves until its input ends or it is killed.</summary>
internal static class BackendCluster
{
    public static async Task RunAsync(string name, int count, bool says, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            for (var i = 0; i < count; i++)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
        });
        await using var app = builder.Build();
        var pods = Enumerable.Range(0, count).Select(_ => new BackendPod(TimeProvider.System, says)).ToArray();
        var byPort = new Dictionary<int, int>();
        var arrived = 0L;
        app.Run(context =>
        {
            context.Response.Headers[BackendPod.ClusterHeader] = name;
            var pod = byPort[context.Connection.LocalPort];
            return pods[pod].AnswerAsync(context, pod, Interlocked.Increment(ref arrived));
        });
        await app.StartAsync(cancellationToken);
        int[] ports = [.. app.Urls.Select(static u => new Uri(u).Port)];
        for (var i = 0; i < ports.Length; i++)
        {
            byPort[ports[i]] = i;
        }

        Console.WriteLine(string.Join(' ', ports.Select(static p => p.ToString(CultureInfo.InvariantCulture))));
        await Console.In.ReadToEndAsync(cancellationToken);
        await app.StopAsync(cancellationToken);
    }
}
