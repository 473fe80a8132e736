using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery;

namespace Mesh.Discovery;

/// <summary>Makes a provider for each name that could be a service; whether it is one may change while the program runs.</summary>
internal sealed class MeshEndpointProviderFactory(
    DiscoveryContext context,
    IOptions<MeshServiceEndpointProviderOptions> options,
    IOptions<ServiceDiscoveryOptions> discovery) : IServiceEndpointProviderFactory
{
    public bool TryCreateProvider(ServiceEndpointQuery query, [NotNullWhen(true)] out IServiceEndpointProvider? provider)
    {
        provider = ServiceHost.Of(query, discovery.Value) is { } host ? new MeshEndpointProvider(host, options.Value, context) : null;
        return provider is not null;
    }
}
