namespace Mesh.K3s;

public sealed class K3sClusterProviderTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("rancher/k3s:v1.34.1-k3s1", "k3s 1.34")]
    [InlineData("mesh-test/k3s:v1.37.2", "k3s 1.37")]
    [InlineData("registry.example:5000/k3s:1.30", "k3s 1.30")]
    [InlineData("rancher/k3s:v1.34.1-k3s1@sha256:0123", "k3s 1.34")]
    [InlineData("rancher/k3s:latest", "k3s")]
    [InlineData("registry.example:5000/k3s", "k3s")]
    public void Name_IsByTheTagOfTheImage(string image, string name)
    {
        var provider = new K3sClusterProvider(new K3sClusterOptions { Image = image });

        provider.Name.ShouldBe(name);
        provider.ToString().ShouldBe(name);
    }

    [Fact]
    public async Task NoDocker_IsUnavailableAndSaysWhatToDo()
    {
        var nobody = Path.Combine(Path.GetTempPath(), "no-such-docker.sock");
        var provider = new K3sClusterProvider(new K3sClusterOptions { DockerEndpoint = new Uri("unix://" + nobody) });

        provider.UnavailableReason!.ShouldStartWith($"K3s needs Docker, and the one at unix://{nobody} does not answer (");
        provider.UnavailableReason.ShouldEndWith("Start it, or set DOCKER_HOST to the endpoint of one that runs.");
        var e = await Should.ThrowAsync<InvalidOperationException>(() => provider.StartAsync("alpha", Cancelled));
        e.Message.ShouldBe(provider.UnavailableReason);
        var inFixture = await Should.ThrowAsync<InvalidOperationException>(() => MeshFixture.StartAsync(m => m.Cluster("alpha", provider: provider), Cancelled));
        inFixture.Message.ShouldBe("Cluster 'alpha': " + provider.UnavailableReason);
    }

    [Fact]
    public void NoImage_IsUnavailableAndSaysWhatToDo()
    {
        K3sServers.Require();
        const string Image = "mesh-test/not-there:v1.0.0";

        var reason = new K3sClusterProvider(new K3sClusterOptions { Image = Image }).UnavailableReason;

        reason!.ShouldContain($"has no image '{Image}'. Pull it (docker pull {Image}), set MESH_TEST_K3S_IMAGE to one that it has, or let it be pulled at the start");
        new K3sClusterProvider(new K3sClusterOptions { Image = Image, PullMissingImage = true }).UnavailableReason.ShouldBeNull();
    }
}
