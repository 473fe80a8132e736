using Mesh.Servers;

namespace Mesh.Deploy;

[Trait("Category", "Real")]
public sealed class Real130ConnectorRolesTests(Real130ConnectorRolesTests.Fixture server) : ConnectorRolesContract, IClassFixture<Real130ConnectorRolesTests.Fixture>
{
    private protected override Task<DeployedCluster> StartAsync() => DeployedCluster.TakeAsync(server);

    public sealed class Fixture() : RealServer("1.30", auditLog: true);
}
