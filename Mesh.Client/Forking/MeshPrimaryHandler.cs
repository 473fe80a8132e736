using Mesh.Clients;
using Mesh.Requests;
using Mesh.Telemetry;
using Microsoft.Extensions.Logging;

namespace Mesh.Forking;

/// <summary>
/// The fork in place of a client's primary handler: services take the mesh, every other host the client's own handler as it was. No <see cref="DelegatingHandler"/>, because
/// <c>GrpcChannel</c> looks through those, finds the sockets handler and resolves names itself.
/// </summary>
internal sealed partial class MeshPrimaryHandler(HttpMessageHandler own, ClientSettings client, MeshRequests mesh) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _own = new(own, disposeHandler: true);
    private readonly IReadOnlyList<string> _ignored = PrimaryHandlers.SettingsThatDoNotApply(own);
    private RequestSender? _sender;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } uri)
        {
            return _own.SendAsync(request, cancellationToken);
        }

        var match = mesh.Router.Match(uri);
        if (match.Kind == HostKind.Service)
        {
            return (_sender ?? CreateSender()).SendAsync(match, request, cancellationToken);
        }

        if (match.Kind == HostKind.Undecided)
        {
            mesh.WarnUndecided(uri, match);
        }

        return _own.SendAsync(request, cancellationToken);
    }

    // Blocks for a service: the mesh waits, picks and retries asynchronously. No synchronisation context is involved, and HTTP/1.1 only, as for every synchronous request.
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { IsAbsoluteUri: true } uri)
        {
            var match = mesh.Router.Match(uri);
            if (match.Kind == HostKind.Service)
            {
                return SendAsync(request, cancellationToken).GetAwaiter().GetResult();
            }

            if (match.Kind == HostKind.Undecided)
            {
                mesh.WarnUndecided(uri, match);
            }
        }

        return _own.Send(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // The transports to endpoints are every client's; only its own handler goes with it.
            _own.Dispose();
        }

        base.Dispose(disposing);
    }

    private RequestSender CreateSender()
    {
        // Said when the client calls a service for the first time: for one that never does the settings are all in force.
        if (_ignored.Count > 0 && client.TakeWarning())
        {
            mesh.Context.Transport.Conditions.Add(ClientConditions.SettingsIgnored, default, 1);
            Log.SettingsDoNotApply(mesh.Logger, client.Name, string.Join(", ", _ignored));
        }

        return _sender = new RequestSender(mesh.Context, client.Policy, client.Transport, _own);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1300,
            LogLevel.Warning,
            "Client '{Client}' sets {Settings} on its primary handler. They hold for other hosts; requests to services of the mesh do not see them. Set what services need with ConfigureTransport, or leave the mesh out of this client with ConfigureMeshRouting(p => p.Enabled = false).")]
        public static partial void SettingsDoNotApply(ILogger logger, string client, string settings);
    }
}
