using Mesh.Servers;

namespace Mesh.Deploy;

[Trait("Category", "Real")]
public sealed class Real137ConnectorRolesTests(Real137ConnectorRolesTests.Fixture server) : ConnectorRolesContract, IClassFixture<Real137ConnectorRolesTests.Fixture>
{
    private protected override Task<DeployedCluster> StartAsync() => DeployedCluster.TakeAsync(server);

    private protected override bool StreamsLists => true;

    public sealed class Fixture() : RealServer("1.37", auditLog: true);
}
