namespace Mesh.Connector;

public sealed class SimulatedConnectorTests : ConnectorContract
{
    private protected override IClusterProvider? Provider { get; } = new SimulatedClusterProvider();
}
