using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mesh.Apps;

/// <summary>Builds the host of an app as an application would, but for how it dials.</summary>
internal static class FixtureHost
{
    public static IHost Build(MeshFixture fixture, FixtureCluster? cluster, NetworkPlace place, FixtureAppOptions options, LogKeeper logs)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = options.Name });
        builder.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(logs);
        builder.Services.AddSingleton(options.TimeProvider);
        builder.Services.AddHttpClient();
        var identity = options.HasIdentity && fixture.Clusters.Any(static c => c.Gateways.Count > 0) ? Identify(fixture, place, options.Name!) : new MeshIdentityOptions();
        builder.Services.AddMeshRouting(mesh =>
        {
            mesh.Configure(o => Configure(o, fixture, place, identity));
            if (cluster is not null) mesh.RunsIn(cluster.Name, cluster.Region, cluster.ZoneOf(place.Node), place.Node);
            foreach (var watched in fixture.Clusters.Where(c => options.Watches?.Contains(c.Name) != false)) Watch(mesh, watched, options);
            foreach (var action in options.MeshActions) action(mesh);
        });
        builder.Services.Configure<MeshTransportOptions>(
            o => o.Dial = (endpoint, cancellationToken) => DialAsync(fixture.Network, place, options.Name!, endpoint, cancellationToken));
        foreach (var action in options.ServiceActions) action(builder.Services);
        return builder.Build();
    }

    private static void Configure(MeshOptions options, MeshFixture fixture, NetworkPlace place, MeshIdentityOptions identity)
    {
        options.Seed = fixture.Seed;
        options.Locality.Network = place.Network;
        options.Identity = identity;
        foreach (var name in fixture.Services.Select(service => service.Namespace).Distinct(StringComparer.Ordinal)) options.Namespaces.Add(name);
    }

    private static MeshIdentityOptions Identify(MeshFixture fixture, NetworkPlace place, string app)
    {
        using var certificate = fixture.Authority.IssueIdentity(MeshFixture.IdentityOf(place.Cluster.Length == 0 ? "outside" : place.Cluster, "app"));
        return new MeshIdentityOptions
        {
            TrustDomain = MeshFixture.TrustDomain,
            Certificate = fixture.WriteFile($"{app}.crt", certificate.CertificatePem + "\n"),
            Key = fixture.WriteFile($"{app}.key", certificate.KeyPem + "\n"),
            TrustBundle = fixture.WriteFile($"{app}-ca.crt", fixture.Authority.CertificatePem + "\n"),
        };
    }

    private static void Watch(IMeshBuilder mesh, FixtureCluster cluster, FixtureAppOptions options) => mesh.AddKubernetesCluster(cluster.Name, k =>
    {
        k.KubeconfigPath = cluster.WriteKubeconfig(options.Identity);
        k.Network = cluster.Network;
        k.Region = cluster.Region;
        k.Zone = cluster.Zone;
        if (cluster.Gateways.Count > 0) k.Gateway = new KubernetesGatewayOptions { Hosts = [.. cluster.Gateways.Select(static g => g.Address.ToString())], Port = FixtureGateway.Port };
        options.ClusterAction(cluster.Name)?.Invoke(k);
    });

    private static async ValueTask<Stream> DialAsync(
        VirtualNetwork network, NetworkPlace place, string app, EndpointState endpoint, CancellationToken cancellationToken)
    {
        // A name, or an address of this machine, is nobody in the virtual network: it is a server that the test runs itself.
        if (endpoint.Address.ToIPAddress() is { } address && !IPAddress.IsLoopback(address))
            return await network.DialAsync(place, app, address, endpoint.Port, cancellationToken).ConfigureAwait(false);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint.Address.ToString(), endpoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
