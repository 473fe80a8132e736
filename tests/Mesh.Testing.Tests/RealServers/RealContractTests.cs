using Mesh.Contract;

namespace Mesh.RealServers;

/// <summary>The contract on a real server that offers all of it.</summary>
[Collection(RealServersGroup.Name)]
public sealed class RealContractTests(RealServers servers) : WatchListContract
{
    protected override async Task<IKubernetesServer> ServerAsync() => await servers.GetAsync("1.37");
}
