using Mesh.Servers;

namespace Mesh.Connector;

public sealed class SimulatedConnectorTests : ConnectorContract
{
    private protected override bool SpeaksProtobuf => false;

    private protected override Task<TestCluster> StartAsync() => TestCluster.StartAsync();
}
