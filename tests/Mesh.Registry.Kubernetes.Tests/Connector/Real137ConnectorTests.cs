using Mesh.Servers;

namespace Mesh.Connector;

[Trait("Category", "Real")]
public sealed class Real137ConnectorTests(Real137ConnectorTests.Fixture server) : ConnectorContract, IClassFixture<Real137ConnectorTests.Fixture>
{
    private protected override Task<TestCluster> StartAsync() => server.TakeAsync();

    public sealed class Fixture() : RealServer("1.37");
}
