using Mesh.Clients;
using Microsoft.Extensions.Http;

namespace Mesh.Forking;

/// <summary>
/// Puts the fork in place of each client's primary handler. Registered at index 0 of the services, so that it is the outermost of the filters and acts after all of them: the
/// framework's own give the primary handler its meters first.
/// </summary>
internal sealed class MeshHandlerFilter(ClientDirectory clients, MeshRequests mesh) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (PrimaryHandlers.IsNetworkHandler(builder.PrimaryHandler) && clients.Get(builder.Name) is { IsEnabled: true } client)
        {
            builder.PrimaryHandler = new MeshPrimaryHandler(builder.PrimaryHandler, client, mesh);
        }
    };
}
