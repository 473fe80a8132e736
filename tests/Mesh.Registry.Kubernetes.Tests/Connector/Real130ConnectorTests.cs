using Mesh.Servers;

namespace Mesh.Connector;

[Trait("Category", "Real")]
public sealed class Real130ConnectorTests(Real130ConnectorTests.Fixture server) : ConnectorContract, IClassFixture<Real130ConnectorTests.Fixture>
{
    private protected override Task<TestCluster> StartAsync() => server.TakeAsync();

    public sealed class Fixture() : RealServer("1.30");
}
