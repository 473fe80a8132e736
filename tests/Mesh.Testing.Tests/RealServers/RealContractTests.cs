using Mesh.Contract;

namespace Mesh.RealServers;

/// <summary>The contract on a real server that offers all of it.</summary>
[Collection(RealServersGroup.Name)]
[Provider("real 1.37", KubernetesServerCapabilities.Rbac | KubernetesServerCapabilities.WatchList)]
public sealed class RealContractTests(RealServers servers) : KubernetesContract
{
    protected override async Task<IKubernetesServer> ServerAsync() => await servers.GetAsync("1.37");
}
