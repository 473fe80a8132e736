using Mesh.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mesh;

/// <summary>The mesh without dependency injection: what <c>AddMeshRouting</c> adds, in an object of its own.</summary>
/// <example><code>
/// await using var mesh = await MeshRouting.StartAsync(m => m.AddFile("mesh.json"));
/// using var client = mesh.CreateHttpClient();
/// </code></example>
public sealed class MeshRouting : IMesh, IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IMesh _mesh;
    private int _disposed;

    private MeshRouting(ServiceProvider services)
    {
        _services = services;
        _mesh = services.GetRequiredService<IMesh>();
    }

    /// <inheritdoc/>
    public IMeshCatalog Catalog => Mesh.Catalog;

    private IMesh Mesh => InUse(_mesh);

    private ServiceProvider Services => InUse(_services);

    /// <summary>
    /// Starts a mesh. It does not wait for its sources: requests do, and <see cref="WaitForSyncAsync"/> is there for who wants to.
    /// </summary>
    /// <param name="configure">Adds sources and says where the process runs. Logging is off unless <c>builder.Services.AddLogging(…)</c> turns it on.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="OptionsValidationException">Something was configured wrongly; the message names all of it.</exception>
    public static async Task<MeshRouting> StartAsync(Action<IMeshBuilder> configure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var collection = new ServiceCollection();
        collection.AddMeshRouting(configure);
        var services = collection.BuildServiceProvider();
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            foreach (var hosted in services.GetServices<IHostedService>())
            {
                await hosted.StartAsync(cancellationToken).ConfigureAwait(false);
            }

            return new MeshRouting(services);
        }
        catch
        {
            await services.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A client that reaches services by name and every other host as always. Clients share their connections; disposing one is cheap and harms no other.</summary>
    /// <exception cref="ObjectDisposedException">This mesh was disposed.</exception>
    public HttpClient CreateHttpClient() => Services.GetRequiredService<IHttpClientFactory>().CreateClient();

    /// <inheritdoc/>
    public RouteExplanation Explain(string authorityOrUrl) => Mesh.Explain(authorityOrUrl);

    /// <inheritdoc/>
    public RouteExplanation Explain(string authorityOrUrl, string client) => Mesh.Explain(authorityOrUrl, client);

    /// <inheritdoc/>
    public PolicyDryRun DryRun(string authorityOrUrl, ServicePolicy policy) => Mesh.DryRun(authorityOrUrl, policy);

    /// <inheritdoc/>
    public Task WaitForSyncAsync(CancellationToken cancellationToken = default) => Mesh.WaitForSyncAsync(cancellationToken);

    /// <summary>Stops the sources and closes the connections; bodies under way finish. A second time it does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        foreach (var hosted in _services.GetServices<IHostedService>().Reverse())
        {
            await hosted.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await _services.DisposeAsync().ConfigureAwait(false);
    }

    private T InUse<T>(T part)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return part;
    }
}
