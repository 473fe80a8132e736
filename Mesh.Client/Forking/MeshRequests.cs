using System.Diagnostics.Metrics;
using Mesh.Clients;
using Mesh.Gateways;
using Mesh.Probing;
using Mesh.Requests;
using Mesh.Telemetry;
using Mesh.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mesh.Forking;

/// <summary>
/// The engine as the forks see it. Its parts are made at the first request and not with the first handler: a catalog source may itself be made with a client of the factory.
/// </summary>
internal sealed partial class MeshRequests(IServiceProvider services)
{
    private readonly Lazy<RequestContext> _context = new(() => CreateContext(services));
    private MeshRouter? _router;
    private int _warned;

    public RequestContext Context => _context.Value;

    public MeshRouter Router => _router ??= Context.Router;

    public ILogger Logger => Context.Transport.Logger;

    /// <summary>An early request goes past the mesh: said once, and counted.</summary>
    public void WarnUndecided(Uri uri, HostMatch match)
    {
        Context.Transport.Conditions.AddUndecided();
        if (Interlocked.Exchange(ref _warned, 1) == 0)
        {
            Log.Undecided(Logger, uri.Host, match.Reason);
        }
    }

    private static RequestContext CreateContext(IServiceProvider services)
    {
        try
        {
            return Create(services);
        }
        catch (ObjectDisposedException disposed)
        {
            throw RequestFailure.OfDisposal(disposed);
        }
    }

    private static RequestContext Create(IServiceProvider services)
    {
        var router = services.GetRequiredService<MeshRouter>();
        var meters = services.GetRequiredService<IMeterFactory>();
        var conditions = services.GetRequiredService<ClientConditions>();
        var transport = new TransportContext(
            services.GetRequiredService<TimeProvider>(),
            meters,
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Mesh.Client"),
            conditions);
        var options = services.GetRequiredService<IOptions<MeshOptions>>().Value;
        var gateways = options.Identity.TrustDomain is null ? null : CreateGateways(options.Identity, router, transport);
        router.UseProber(new EndpointProber(services.GetRequiredService<ClientDirectory>().Get("").Transport, transport, gateways));
        return new RequestContext(services.GetRequiredService<IMeshCatalog>(), router, transport, gateways, new ClientMetrics(meters), new RetryPause(Seeds.OrRandom(options.Seed)));
    }

    private static GatewayPools CreateGateways(MeshIdentityOptions options, MeshRouter router, TransportContext transport)
    {
        var identity = new IdentityFiles(options, transport.TimeProvider, transport.Logger);
        transport.Conditions.Watch("identity_unusable", () => identity.IsUnusable ? 1 : 0);
        return new GatewayPools(identity, () => router.Caller, transport);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1301,
            LogLevel.Warning,
            "A request to '{Host}' went past the mesh: {Reason}. Until the catalog is complete, hosts of two labels may be public domains. Name the namespaces of your services in Mesh:Namespaces, so that early requests wait instead. Said once.")]
        public static partial void Undecided(ILogger logger, string host, string reason);
    }
}
