using Mesh.Contract;

namespace Mesh.K3s;

/// <summary>The contract on K3s.</summary>
[Collection(K3sGroup.Name)]
[Provider("k3s", KubernetesServerCapabilities.Rbac | KubernetesServerCapabilities.WatchList)]
public sealed class K3sContractTests(K3sServers servers) : KubernetesContract
{
    protected override async Task<IKubernetesServer> ServerAsync() => await servers.GetAsync();
}
