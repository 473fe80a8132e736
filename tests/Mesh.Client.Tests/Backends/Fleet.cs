namespace Mesh.Backends;

/// <summary>Several backends that each say their own port.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private Fleet(Backend[] backends) => Backends = backends;

    public Backend[] Backends { get; }

    public static async Task<Fleet> StartAsync(int count)
    {
        var backends = new Backend[count];
        for (var i = 0; i < count; i++)
        {
            backends[i] = await Backend.StartAsync(static context => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                context.Response,
                context.Connection.LocalPort.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        return new Fleet(backends);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var backend in Backends)
        {
            await backend.DisposeAsync();
        }
    }
}
