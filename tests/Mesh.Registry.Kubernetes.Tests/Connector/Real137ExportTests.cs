using Mesh.Servers;

namespace Mesh.Connector;

[Trait("Category", "Real")]
public sealed class Real137ExportTests(Real137ExportTests.Fixture server) : ExportContract, IClassFixture<Real137ExportTests.Fixture>
{
    private protected override Task<TestCluster> StartServerAsync() => server.TakeAsync();

    public sealed class Fixture() : RealServer("1.37");
}
