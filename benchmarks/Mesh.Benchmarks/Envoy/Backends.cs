using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mesh.Benchmarks.Envoy;

/// <summary>The hosts: ports of one Kestrel on loopback, each of which answers with its number, and says whether it is well where it is asked for <c>/healthz</c>.</summary>
internal sealed class Backends : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<int, bool> _down;

    private Backends(WebApplication app, ConcurrentDictionary<int, bool> down)
    {
        (_app, _down) = (app, down);
        Ports = [.. app.Urls.Select(static u => new Uri(u).Port)];
    }

    public int[] Ports { get; }

    public static async Task<Backends> StartAsync(int count, CancellationToken cancellationToken)
    {
        var down = new ConcurrentDictionary<int, bool>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            for (var i = 0; i < count; i++)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
        });
        var app = builder.Build();
        app.Run(context =>
        {
            if (context.Request.Path == "/healthz")
            {
                context.Response.StatusCode = down.ContainsKey(context.Connection.LocalPort) ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync(context.Connection.LocalPort.ToString(CultureInfo.InvariantCulture));
        });
        await app.StartAsync(cancellationToken);
        return new Backends(app, down);
    }

    /// <summary>The first hosts are these; the others are well.</summary>
    public void Set(Host[] hosts)
    {
        _down.Clear();
        for (var i = 0; i < hosts.Length; i++)
        {
            if (hosts[i].IsDown)
            {
                _down[Ports[i]] = true;
            }
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
