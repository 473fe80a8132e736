namespace Observability;

/// <summary>One instance of a service, on a port of loopback that it keeps.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private WebApplication? _app;

    private Instance()
    {
    }

    public int Port { get; private set; }

    /// <summary>Whether it answers 503.</summary>
    public volatile bool IsFailing;

    public static async Task<Instance> StartAsync()
    {
        var instance = new Instance();
        await instance.RestartAsync();
        return instance;
    }

    public async Task RestartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{Port}");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapGet("/items", () => IsFailing ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable) : Results.Text("items"));
        await _app.StartAsync();
        Port = new Uri(_app.Urls.Single()).Port;
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
