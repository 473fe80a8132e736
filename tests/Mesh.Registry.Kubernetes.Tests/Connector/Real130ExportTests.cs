using Mesh.Servers;

namespace Mesh.Connector;

[Trait("Category", "Real")]
public sealed class Real130ExportTests(Real130ExportTests.Fixture server) : ExportContract, IClassFixture<Real130ExportTests.Fixture>
{
    private protected override Task<TestCluster> StartServerAsync() => server.TakeAsync();

    public sealed class Fixture() : RealServer("1.30");
}
