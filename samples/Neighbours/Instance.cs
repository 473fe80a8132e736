namespace Neighbours;

/// <summary>One instance of a service, on a free port of loopback, which says which one it is.</summary>
internal sealed class Instance(WebApplication app) : IAsyncDisposable
{
    public int Port { get; } = new Uri(app.Urls.Single()).Port;

    public static async Task<Instance> StartAsync(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/items", () => name);
        await app.StartAsync();
        return new Instance(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
