using Mesh.Clients;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;

namespace Mesh.Forking;

/// <summary>
/// Puts the fork in place of each client's primary handler. Registered at index 0 of the services, so that it is the outermost of the filters and acts after all of them: the
/// framework's own give the primary handler its meters first.
/// </summary>
internal sealed partial class MeshHandlerFilter(ClientDirectory clients, MeshRequests mesh, IServiceProvider services) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        var client = clients.Get(builder.Name);
        if (!client.IsEnabled)
        {
            return;
        }

        if (PrimaryHandlers.IsNetworkHandler(builder.PrimaryHandler))
        {
            builder.PrimaryHandler = new MeshPrimaryHandler(builder.PrimaryHandler, client, mesh);
        }
        else if (client.TakeWarning())
        {
            // Asked for only here: a logger may itself be made with a client of the factory. No warning, since a fake in a test is right so.
            Log.NotForked(services.GetRequiredService<ILoggerFactory>().CreateLogger("Mesh.Client"), client.Name, builder.PrimaryHandler.GetType().Name);
        }
    };

    private static partial class Log
    {
        [LoggerMessage(
            1306,
            LogLevel.Information,
            "Client '{Client}' has {Handler} as its primary handler, and keeps it: the mesh routes none of its requests, to services neither. To route them, make the primary handler a SocketsHttpHandler or HttpClientHandler itself and put your own before it with AddHttpMessageHandler; if it is meant so, say ConfigureMeshRouting(p => p.Enabled = false). Said once for each client.")]
        public static partial void NotForked(ILogger logger, string client, string handler);
    }
}
