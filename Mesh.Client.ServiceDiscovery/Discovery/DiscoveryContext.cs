using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mesh.Discovery;

/// <summary>
/// What all providers share. The mesh is asked for at the first resolution and not before: a catalog source may itself be made with a client that resolves names.
/// </summary>
internal sealed partial class DiscoveryContext(IServiceProvider services, TimeProvider timeProvider, DiscoveryMetrics metrics, ILogger<DiscoveryContext> logger) : IDisposable
{
    private readonly ConcurrentDictionary<(ServiceName Service, ClusterId Cluster), bool> _leftOut = new();

    public MeshRouter Router => services.GetService<MeshRouter>()
        ?? throw new InvalidOperationException("AddMeshServiceEndpointProvider answers from the mesh of the application, and there is none: call AddMeshRouting too.");

    public IMeshCatalog Catalog => services.GetRequiredService<IMeshCatalog>();

    public NameWatch Watch { get; } = new(timeProvider, metrics, logger);

    /// <summary>Says what a list of addresses cannot say.</summary>
    /// <param name="answer">What is answered.</param>
    /// <param name="before">What was answered before, or <see langword="null"/>.</param>
    public void Tell(Resolution answer, Resolution? before)
    {
        if (answer.Service is not { } service)
        {
            return;
        }

        if (answer.Gateways.Length > 0)
        {
            metrics.AddLeftOut(service);
        }

        foreach (var cluster in answer.Gateways.Where(c => _leftOut.TryAdd((service, c), true)))
        {
            Log.GatewaysLeftOut(logger, service, cluster);
        }

        if (answer.Failure is { } failure)
        {
            metrics.AddNone(service);
            if (before?.Failure is null)
            {
                Log.NoEndpoint(logger, service, failure);
            }
        }
        else if (before?.Failure is not null)
        {
            Log.Endpoints(logger, service);
        }
    }

    public void Dispose() => Watch.Dispose();

    private static partial class Log
    {
        [LoggerMessage(1330, LogLevel.Warning, "{Service} is resolved for service discovery without cluster {Cluster}, which is reached through its gateway: an address alone does not say that. Only clients of the mesh itself use it. Said once for each service and cluster.")]
        public static partial void GatewaysLeftOut(ILogger logger, ServiceName service, ClusterId cluster);

        [LoggerMessage(1331, LogLevel.Warning, "{Service} is asked for by service discovery and the mesh has no endpoint to name, so that the name is left to the next provider: {Reason}")]
        public static partial void NoEndpoint(ILogger logger, ServiceName service, string reason);

        [LoggerMessage(1332, LogLevel.Information, "The mesh names endpoints of {Service} to service discovery again.")]
        public static partial void Endpoints(ILogger logger, ServiceName service);
    }
}
