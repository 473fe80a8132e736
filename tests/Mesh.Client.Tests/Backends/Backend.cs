using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mesh.Backends;

/// <summary>A real server on a free port of loopback that remembers what it was asked.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _open;

    private Backend(WebApplication app) => _app = app;

    public int Port { get; private set; }

    public Uri Uri => new($"http://127.0.0.1:{Port}/");

    /// <summary>The Host header and path of each request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public int Count => Requests.Count;

    /// <summary>The connections that requests came on, by their ids.</summary>
    public ConcurrentDictionary<string, bool> Connections { get; } = new();

    /// <summary>How many connections are open now.</summary>
    public int OpenConnections => Volatile.Read(ref _open);

    public static Task<Backend> StartAsync(RequestDelegate? handler = null, HttpProtocols protocols = HttpProtocols.Http1) =>
        StartAsync(app => app.Run(handler ?? (context => context.Response.WriteAsync("hello"))), protocols);

    public static async Task<Backend> StartAsync(
        Action<WebApplication> configure,
        HttpProtocols protocols,
        Action<IServiceCollection>? services = null,
        Action<ListenOptions>? listen = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        Backend? backend = null;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, options =>
        {
            options.Protocols = protocols;
            options.Use(next => async connection =>
            {
                Interlocked.Increment(ref backend!._open);
                try
                {
                    await next(connection);
                }
                finally
                {
                    Interlocked.Decrement(ref backend._open);
                }
            });
            listen?.Invoke(options);
        }));
        services?.Invoke(builder.Services);
        backend = new Backend(builder.Build());
        backend._app.Use((context, next) =>
        {
            backend.Requests.Enqueue($"{context.Request.Host}{context.Request.Path}");
            backend.Connections[context.Connection.Id] = true;
            return next(context);
        });
        configure(backend._app);
        await backend._app.StartAsync();
        backend.Port = new Uri(backend._app.Urls.Single()).Port;
        return backend;
    }

    public static Task<Backend> WithStatusAsync(int status, Action<HttpResponse>? also = null) => WithStatusAsync(status, HttpProtocols.Http1, also);

    public static Task<Backend> WithStatusAsync(int status, HttpProtocols protocols, Action<HttpResponse>? also = null) => StartAsync(
        context =>
        {
            context.Response.StatusCode = status;
            also?.Invoke(context.Response);
            return context.Response.WriteAsync($"status {status}");
        },
        protocols);

    /// <summary>Takes every request and never answers.</summary>
    public static Task<Backend> HangingAsync() => StartAsync(static context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));

    /// <summary>Answers with a text.</summary>
    public static Task<Backend> SayingAsync(string text) => StartAsync(context => context.Response.WriteAsync(text));

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
