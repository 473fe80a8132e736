using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;

namespace Mesh.Discovery;

/// <summary>Answers for one name from the mesh's tables.</summary>
internal sealed class MeshEndpointProvider(ServiceHost host, MeshServiceEndpointProviderOptions options, DiscoveryContext context) : IServiceEndpointProvider, IHostNameFeature
{
    private readonly Lock _gate = new();
    private WatchedName? _watched;
    private bool _disposed;

    string IHostNameFeature.HostName => host.Name;

    public async ValueTask PopulateAsync(IServiceEndpointBuilder endpoints, CancellationToken cancellationToken)
    {
        // A provider that stands before this one has the say: the application's configuration, mostly.
        if (endpoints.Endpoints.Count != 0)
        {
            return;
        }

        var router = context.Router;
        await WaitUntilKnownAsync(router, cancellationToken).ConfigureAwait(false);
        var answer = EndpointResolver.Resolve(router, host);
        var (watched, before) = Watch(router, answer);
        context.Tell(answer, before);
        endpoints.AddChangeToken(new CancellationChangeToken(watched.Changed));
        foreach (var address in answer.Addresses)
        {
            if (ServiceEndpoint.TryParse(answer.Scheme is { } scheme ? $"{scheme}://{address}" : address, out var endpoint))
            {
                endpoint.Features.Set<IServiceEndpointProvider>(this);
                if (options.ShouldApplyHostNameMetadata(endpoint))
                {
                    endpoint.Features.Set<IHostNameFeature>(this);
                }

                endpoints.Endpoints.Add(endpoint);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            if (_watched is { } watched)
            {
                context.Watch.Remove(watched);
            }
        }

        return ValueTask.CompletedTask;
    }

    public override string ToString() => "Mesh";

    // As a request does. A reverse proxy resolves its destinations before the host starts, so that the sources are started here if nobody has yet.
    private async ValueTask WaitUntilKnownAsync(MeshRouter router, CancellationToken cancellationToken)
    {
        if (context.Catalog is MeshCatalog catalog)
        {
            await catalog.StartAsync(cancellationToken).ConfigureAwait(false);
        }

        foreach (var uri in host.Uris)
        {
            if (router.Match(uri) is { Kind: HostKind.Service } match)
            {
                await router.GetRoute(match).WaitUntilKnownAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
        }
    }

    private (WatchedName Watched, Resolution? Before) Watch(MeshRouter router, Resolution answer)
    {
        lock (_gate)
        {
            var before = _watched;
            if (before is not null && before.Answer.Equals(answer) && !before.Changed.IsCancellationRequested)
            {
                return (before, before.Answer);
            }

            var watched = _watched = new WatchedName(router, host, answer);
            if (before is not null)
            {
                // Whoever still holds that answer learns of it here.
                context.Watch.Remove(before);
                before.End();
            }

            if (!_disposed)
            {
                context.Watch.Add(watched);
            }

            return (watched, before?.Answer);
        }
    }
}
