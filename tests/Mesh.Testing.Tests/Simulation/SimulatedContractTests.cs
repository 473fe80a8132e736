using Mesh.Contract;

namespace Mesh.Simulation;

/// <summary>The contract on the simulator: a server for each test, since one costs milliseconds.</summary>
[Provider("simulated", KubernetesServerCapabilities.Rbac | KubernetesServerCapabilities.WatchList | KubernetesServerCapabilities.FaultHooks)]
public sealed class SimulatedContractTests : KubernetesContract
{
    private IKubernetesServer? _server;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    protected override async Task<IKubernetesServer> ServerAsync() =>
        _server = await new SimulatedClusterProvider().StartAsync("alpha", TestContext.Current.CancellationToken);
}
