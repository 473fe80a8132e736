namespace Mesh.RealServers;

public sealed class RealClusterProviderTests : IDisposable
{
    private readonly FakePrograms _programs = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Discover_SingleFolder_OffersItsSiblingsNewestFirst()
    {
        var middle = _programs.Folder("b", "Kubernetes v1.30.14");
        _programs.Folder("a", "Kubernetes v1.9.1");
        _programs.Folder("c", "Kubernetes v1.37.2");
        Directory.CreateDirectory(Path.Combine(_programs.Root, "empty"));

        var found = RealClusterProvider.Discover(middle + "/");

        found.Select(provider => provider.Name).ShouldBe(["real 1.37", "real 1.30", "real 1.9"]);
        found.Select(provider => provider.Version).ShouldBe(["v1.37.2", "v1.30.14", "v1.9.1"]);
        found.ShouldAllBe(provider => provider.UnavailableReason == null);
    }

    [Fact]
    public void Discover_SeveralFolders_OffersExactlyThoseAndTellsWhichIsWrong()
    {
        var first = _programs.Folder("a", "Kubernetes v1.30.14");
        var second = _programs.Folder("b", "Kubernetes v1.37.2");
        var same = _programs.Folder("c", "Kubernetes v1.37.2");
        _programs.Folder("d", "Kubernetes v1.38.0");
        var wrong = Directory.CreateDirectory(Path.Combine(_programs.Root, "e")).FullName;

        var found = RealClusterProvider.Discover(string.Join(':', first, second, same, wrong));

        found.Select(provider => provider.Name).ShouldBe(["real 1.37", "real 1.30", "real"]);
        found[2].UnavailableReason!.ShouldContain($"{wrong} holds no kube-apiserver");
    }

    [Fact]
    public void Discover_TwoPatchesOfOneRelease_HaveNamesThatDiffer()
    {
        var folder = _programs.Folder("a", "Kubernetes v1.37.2");
        _programs.Folder("b", "Kubernetes v1.37.0-rc.1");

        RealClusterProvider.Discover(folder).Select(provider => provider.Name).ShouldBe(["real 1.37.2", "real 1.37.0-rc.1"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Discover_NothingSet_IsUnavailableAndSaysWhatToDo(string? value)
    {
        var provider = RealClusterProvider.Discover(value).ShouldHaveSingleItem();

        provider.UnavailableReason!.ShouldContain("KUBEBUILDER_ASSETS is not set. Set KUBEBUILDER_ASSETS to a folder with etcd and kube-apiserver");
        provider.Version.ShouldBeNull();
        var e = await Should.ThrowAsync<InvalidOperationException>(() => provider.StartAsync("alpha", Cancelled));
        e.Message.ShouldBe(provider.UnavailableReason);
    }

    [Fact]
    public void Discover_ProgramWithoutVersion_IsUnavailableAndShowsWhatItSaid()
    {
        var folder = _programs.Folder("a", "no idea");

        RealClusterProvider.Discover(folder).ShouldHaveSingleItem().UnavailableReason!.ShouldContain("--version said 'no idea' instead of a version");
    }

    [Theory]
    [InlineData("1.30", "v1.30.14")]
    [InlineData("v1.30", "v1.30.14")]
    [InlineData("1.30.14", "v1.30.14")]
    [InlineData("1.37", "v1.37.2")]
    public void ForVersion_There_IsThatProvider(string asked, string version)
    {
        var folder = _programs.Folder("a", "Kubernetes v1.30.14");
        _programs.Folder("b", "Kubernetes v1.37.2");

        RealClusterProvider.ForVersion(asked, folder).Version.ShouldBe(version);
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("1.31")]
    [InlineData("1.30.1")]
    public void ForVersion_NotThere_IsUnavailableAndSaysWhatIs(string asked)
    {
        var folder = _programs.Folder("a", "Kubernetes v1.30.14");

        var provider = RealClusterProvider.ForVersion(asked, folder);

        provider.Name.ShouldBe("real " + asked);
        provider.UnavailableReason.ShouldBe($"No kube-apiserver {asked} among the folders of KUBEBUILDER_ASSETS, only v1.30.14.");
    }

    [Fact]
    public async Task Start_ApiServerEnds_ErrorHasItsLogAndCommandLineAndEtcdIsEnded()
    {
        var folder = _programs.Folder("a", "Kubernetes v1.30.14", apiServer: "echo one; echo 'cannot frobnicate' >&2; exit 1");

        var e = await Should.ThrowAsync<ServerStartException>(() => RealClusterProvider.Discover(folder)[0].StartAsync("alpha", Cancelled));

        e.Message.ShouldStartWith("The cluster 'alpha' (v1.30.14) did not start: kube-apiserver ended");
        e.Message.ShouldContain("one\ncannot frobnicate");
        e.Message.ShouldContain(Path.Combine(folder, "kube-apiserver") + " --etcd-servers=");
        FakePrograms.EtcdShouldNotRun(folder);
        NothingShouldBeLeft(e.Message);
    }

    [Fact]
    public async Task Start_EtcdEnds_ErrorNamesEtcd()
    {
        var folder = _programs.Folder("a", "Kubernetes v1.30.14", etcd: "echo 'disk on fire'; exit 3");

        var e = await Should.ThrowAsync<ServerStartException>(() => RealClusterProvider.Discover(folder)[0].StartAsync("alpha", Cancelled));

        e.Message.ShouldContain("etcd ended");
        e.Message.ShouldContain("disk on fire");
        NothingShouldBeLeft(e.Message);
    }

    [Fact]
    public async Task Start_NeverReady_EndsAtTheTimeoutAndLeavesNothing()
    {
        var folder = _programs.Folder("a", "Kubernetes v1.30.14", apiServer: "echo 'still thinking'; exec sleep 600");
        var provider = RealClusterProvider.Discover(folder)[0].With(new RealClusterOptions { StartTimeout = TimeSpan.FromSeconds(1) });

        var e = await Should.ThrowAsync<ServerStartException>(() => provider.StartAsync("alpha", Cancelled));

        e.Message.ShouldContain("StartTimeout");
        e.Message.ShouldContain("still thinking");
        FakePrograms.EtcdShouldNotRun(folder);
        NothingShouldBeLeft(e.Message);
    }

    [Fact]
    public async Task Start_Cancelled_LeavesNothing()
    {
        var folder = _programs.Folder("a", "Kubernetes v1.30.14");
        using var cancel = new CancellationTokenSource();

        var starting = RealClusterProvider.Discover(folder)[0].StartAsync("alpha", cancel.Token);
        await ServerClient.UntilAsync(() => Task.FromResult(new FileInfo(Path.Combine(folder, "etcd.number"))), file => file is { Exists: true, Length: > 0 });
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(starting);
        FakePrograms.EtcdShouldNotRun(folder);
    }

    public void Dispose() => _programs.Dispose();

    private static void NothingShouldBeLeft(string message)
    {
        var data = message.Split(' ', '\n').First(word => word.StartsWith("--data-dir=", StringComparison.Ordinal) || word.StartsWith("--cert-dir=", StringComparison.Ordinal));
        Directory.Exists(Path.GetDirectoryName(data.Split('=')[1])).ShouldBeFalse();
    }
}
