using Docker.DotNet;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Configurations;
using Mesh.RealServers;

namespace Mesh.K3s;

/// <summary>What Docker says of the containers of these tests.</summary>
internal sealed class Containers : IDisposable
{
    private readonly DockerClient _client = TestcontainersSettings.OS.DockerEndpointAuthConfig.GetDockerClientBuilder().Build();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async Task<ContainerInspectResponse?> FindAsync(string name)
    {
        try
        {
            return await _client.Containers.InspectContainerAsync(name, Cancelled);
        }
        catch (DockerContainerNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The containers of a cluster, those that do not run among them.</summary>
    public async Task<IList<ContainerListResponse>> OfClusterAsync(string cluster) => await _client.Containers.ListContainersAsync(
        new ContainersListParameters
        {
            All = true,
            Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { ["mesh.testing.cluster=" + cluster] = true } },
        },
        Cancelled);

    /// <summary>The number of the cluster's container, as soon as it runs.</summary>
    public async Task<string> UntilRunningAsync(string cluster)
    {
        var running = await ServerClient.UntilAsync(() => OfClusterAsync(cluster), found => found.Any(container => container.State == "running"));
        return running[0].ID;
    }

    public Task KillAsync(string id) => _client.Containers.KillContainerAsync(id, new ContainerKillParameters(), Cancelled);

    public void Dispose() => _client.Dispose();
}
