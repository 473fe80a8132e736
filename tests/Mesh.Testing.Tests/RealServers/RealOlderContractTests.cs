using Mesh.Contract;

namespace Mesh.RealServers;

/// <summary>The contract on a real server from before watches could begin with the present state.</summary>
[Collection(RealServersGroup.Name)]
[Provider("real 1.30", KubernetesServerCapabilities.Rbac)]
public sealed class RealOlderContractTests(RealServers servers) : KubernetesContract
{
    protected override async Task<IKubernetesServer> ServerAsync() => await servers.GetAsync("1.30");
}
