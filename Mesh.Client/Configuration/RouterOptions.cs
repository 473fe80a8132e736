using System.Collections.Immutable;
using System.Globalization;

namespace Mesh.Configuration;

/// <summary>What the router is told, from what the application was.</summary>
internal static class RouterOptions
{
    public static MeshRouterOptions From(MeshOptions options)
    {
        var locality = options.Locality;
        return new MeshRouterOptions
        {
            Caller = locality is { Cluster: null, Region: null, Zone: null, Node: null }
                ? null
                : new Locality(locality.Cluster is null ? default : new ClusterId(locality.Cluster), locality.Region, locality.Zone, locality.Node),
            CallerNetwork = locality.Network,
            DialsGateways = options.Identity.TrustDomain is not null,
            OwnNamespace = locality.Namespace,
            KnownNamespaces = [.. options.Namespaces],
            IsConfigured = options.Namespaces.Count > 0 || options.Services.Count > 0,
            DefaultPolicy = options.Policy.ToPolicy(),
            ServicePolicies = options.Services.ToImmutableDictionary(static s => ServiceName.Parse(s.Key), static s => s.Value.ToPolicy()),
            InitialSyncTimeout = options.InitialSyncTimeout,
            Instance = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}"),
            Seed = options.Seed,
        };
    }
}
