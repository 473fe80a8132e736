using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mesh.Processes;

/// <summary>What a <see cref="ClusterProcess"/> does; not a test by itself.</summary>
public sealed class ClusterProcessStory
{
    internal const string ReportVariable = "MESH_CLUSTER_REPORT";
    internal const string NameVariable = "MESH_CLUSTER_NAME";
    internal const string PortsVariable = "MESH_CLUSTER_PORTS";
    internal const string HoldsVariable = "MESH_CLUSTER_HOLDS";
    internal const string HoldPath = "/hold";
    internal const string HeldPath = "/held";

    [Fact(Explicit = true)]
    public async Task ServesUntilWhoeverStartedItIsGone()
    {
        var report = Environment.GetEnvironmentVariable(ReportVariable);
        Assert.SkipWhen(report is null, "Runs in a child process of another test only.");
        var name = Environment.GetEnvironmentVariable(NameVariable);
        var holds = Environment.GetEnvironmentVariable(HoldsVariable) == "yes";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            foreach (var port in Environment.GetEnvironmentVariable(PortsVariable)!.Split(','))
            {
                kestrel.Listen(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
            }
        });
        await using var app = builder.Build();
        var held = 0;
        app.Run(async context =>
        {
            if (context.Request.Path == HoldPath && holds)
            {
                Interlocked.Increment(ref held);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }

            await context.Response.WriteAsync(context.Request.Path == HeldPath
                ? Volatile.Read(ref held).ToString(CultureInfo.InvariantCulture)
                : $"{name} {context.Connection.LocalPort.ToString(CultureInfo.InvariantCulture)}");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(report + ".new", name, TestContext.Current.CancellationToken);
        File.Move(report + ".new", report!);

        // The other end is held open by whoever started it, until its end, whatever that is.
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
    }
}
