using Mesh.Servers;

namespace Mesh.Connector;

[Trait("Category", "Real")]
public sealed class Real130RevocationTests : RevocationContract
{
    private static readonly RealClusterProvider Provider = RealClusterProvider.ForVersion("1.30").With(new RealClusterOptions { ControllerManager = false });

    private protected override async Task<TestCluster> StartAsync()
    {
        Assert.SkipWhen(Provider.UnavailableReason is not null, Provider.UnavailableReason ?? "");
        return await TestCluster.StartAsync(Provider);
    }
}
