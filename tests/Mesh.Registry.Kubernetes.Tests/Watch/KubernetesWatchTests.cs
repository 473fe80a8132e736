using k8s;
using Mesh.Servers;

namespace Mesh.Watch;

public sealed class KubernetesWatchTests : IAsyncLifetime
{
    private static readonly KubernetesResource ConfigMaps = new("", "v1", "configmaps");

    private TestCluster _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cluster = await TestCluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Read_DecoderThrowsForOneObject_TheOthersAreToldAndItIsNamed()
    {
        foreach (var name in new[] { "a", "bad", "b" }) await CustomResource.AddAsync(_cluster, name, "1");
        await using var follower = new WatchFollower<string>(new KubernetesWatch<string>(_cluster.Client, CustomResource.Type, static (ref reader) =>
        {
            var text = CustomResource.Decode(ref reader);
            return text.StartsWith("bad", StringComparison.Ordinal) ? throw new InvalidTimeZoneException("no time") : text;
        }));

        await follower.UntilAsync("a=1 b=1");

        var skipped = follower.Changes.Single(static c => c.Kind == KubernetesChangeKind.Skipped);
        skipped.Name.ShouldBe("bad");
        skipped.Namespace.ShouldBe("sales");
        skipped.Reason.ShouldBe("the decoder threw InvalidTimeZoneException: no time");
    }

    [Fact]
    public async Task Read_DecoderLeavesTheReaderAnywhere_MakesNoDifference()
    {
        foreach (var name in new[] { "a", "b" }) await CustomResource.AddAsync(_cluster, name, "1");
        await using var follower = new WatchFollower<string>(new KubernetesWatch<string>(_cluster.Client, CustomResource.Type, static (ref reader) =>
        {
            reader.Read();
            return "x";
        }));

        await follower.UntilAsync("x x");
        follower.Changes.Select(static c => c.Name).ShouldBe(["a", "b", ""]);
    }

    [Fact]
    public async Task Read_DecoderGivesNull_TheObjectIsSkipped()
    {
        await CustomResource.AddAsync(_cluster, "a", "1");
        await using var follower = new WatchFollower<string?>(new KubernetesWatch<string?>(_cluster.Client, CustomResource.Type, static (ref _) => null));

        await follower.UntilAsync("");

        follower.Changes.First().Reason.ShouldBe("the decoder gave null");
    }

    [Fact]
    public async Task Read_LeftByItsReader_EndsTheWatchAndLeavesTheClient()
    {
        await CustomResource.AddAsync(_cluster, "a", "1");
        var watch = new KubernetesWatch<string>(_cluster.Client, CustomResource.Type, CustomResource.Decode);

        await foreach (var change in watch.ReadAsync(Token))
        {
            if (change.Kind == KubernetesChangeKind.Synced) break;
        }

        await Until.TrueAsync(() => _cluster.Faults.RunningWatches == 0);
        await CustomResource.AddAsync(_cluster, "b", "1");
        await using var again = new WatchFollower<string>(watch);
        await again.UntilAsync("a=1 b=1");
    }

    [Fact]
    public async Task Read_TwiceAtATime_IsRefused()
    {
        var watch = new KubernetesWatch<string>(_cluster.Client, CustomResource.Type, CustomResource.Decode);
        await using var follower = new WatchFollower<string>(watch);
        await follower.UntilAsync("");

        var second = watch.ReadAsync(Token).GetAsyncEnumerator(Token);

        (await Should.ThrowAsync<InvalidOperationException>(async () => await second.MoveNextAsync())).Message.ShouldContain("Make a watch for each reader");
        await CustomResource.AddAsync(_cluster, "a", "1");
        await follower.UntilAsync("a=1");
    }

    [Fact]
    public async Task Read_SelectorsAndNamespace_Narrow()
    {
        await CustomResource.AddAsync(_cluster, "a", "1");
        await CustomResource.AddAsync(_cluster, "b", "2");
        await using var follower = new WatchFollower<string>(
            new KubernetesWatch<string>(_cluster.Client, CustomResource.Type, CustomResource.Decode, new KubernetesWatchOptions { Namespace = "sales", LabelSelector = "v=2", MetadataOnly = true }));

        await follower.UntilAsync("b=2");
    }

    [Fact]
    public async Task Health_TypeThatIsNotServed_NamesItAndWhatToDo()
    {
        var watch = new KubernetesWatch<string>(_cluster.Client, new KubernetesResource("example.com", "v1", "widgets"), CustomResource.Decode);
        watch.Health.Freshness.ShouldBe(ClusterFreshness.Connecting);
        watch.Health.Failure.ShouldBeNull();
        await using var follower = new WatchFollower<string>(watch);

        await Until.TrueAsync(() => watch.Health.Failure is not null);

        watch.Health.Failure!.ShouldContain("widgets.example.com");
        watch.Health.Failure!.ShouldContain("(404)");
        watch.Health.Failure!.ShouldContain("CustomResourceDefinition");
        watch.Health.Freshness.ShouldBe(ClusterFreshness.Connecting);
    }

    [Fact]
    public async Task Health_PermissionMissing_NamesItAndWhatToGrant()
    {
        _cluster.WriteKubeconfig("reader");
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(_cluster.KubeconfigPath));
        var watch = new KubernetesWatch<string>(client, ConfigMaps, static (ref _) => "x");
        await using var follower = new WatchFollower<string>(watch);

        await Until.TrueAsync(() => watch.Health.Failure is not null);

        watch.Health.Failure!.ShouldContain("Grant list and watch on configmaps");
    }

    [Fact]
    public async Task Health_ServerStopsAndComesBack_IsStaleMeanwhile()
    {
        await CustomResource.AddAsync(_cluster, "a", "1");
        var watch = new KubernetesWatch<string>(_cluster.Client, CustomResource.Type, CustomResource.Decode);
        await using var follower = new WatchFollower<string>(watch);
        await follower.UntilAsync("a=1");

        await _cluster.Server.StopAsync(Token);
        await Until.TrueAsync(() => watch.Health is { Freshness: ClusterFreshness.Stale, Failure: not null });
        watch.Health.Failure!.ShouldContain(_cluster.Server.Address.Authority);
        follower.Shown.ShouldBe("a=1");

        await _cluster.Server.StartAsync(Token);
        await CustomResource.AddAsync(_cluster, "b", "1");
        await follower.UntilAsync("a=1 b=1");
        await Until.TrueAsync(() => watch.Health is { Freshness: ClusterFreshness.Live, Failure: null });
    }

    [Fact]
    public async Task Read_AnotherClusterAnswers_TellsTheDifference()
    {
        await using var other = await TestCluster.StartAsync();
        await CustomResource.AddAsync(_cluster, "a", "1");
        await CustomResource.AddAsync(other, "b", "1");
        await using var follower = new WatchFollower<string>(
            new KubernetesWatch<string>(new KubernetesClusterOptions { KubeconfigPath = _cluster.KubeconfigPath }, CustomResource.Type, CustomResource.Decode));
        await follower.UntilAsync("a=1");

        File.Copy(other.KubeconfigPath, _cluster.KubeconfigPath, overwrite: true);
        _cluster.Faults.ExpireTokens();
        _cluster.Faults.EndWatches();

        await follower.UntilAsync("b=1", synced: 2);
    }

    [Theory]
    [InlineData("x-k8s.io/v1", "v1", "widgets", "API group")]
    [InlineData("", "V1", "widgets", "API version")]
    [InlineData("", "v1", "ConfigMap", "plural name")]
    [InlineData("", "v1", "", "plural name")]
    public void Resource_Misnamed_IsRefusedWithWhatIsExpected(string group, string version, string plural, string what) =>
        Should.Throw<ArgumentException>(() => new KubernetesResource(group, version, plural)).Message.ShouldContain(what);

    [Fact]
    public void Options_OutOfRange_AreRefusedByName()
    {
        foreach (var (options, name) in new[]
        {
            (new KubernetesWatchOptions { Namespace = "Sales" }, "Namespace"), (new KubernetesWatchOptions { RequestTimeout = TimeSpan.Zero }, "RequestTimeout"),
            (new KubernetesWatchOptions { MaxObjectBytes = 1 }, "MaxObjectBytes"),
        })
        {
            Should.Throw<ArgumentException>(() => new KubernetesWatch<string>(_cluster.Client, ConfigMaps, CustomResource.Decode, options)).Message.ShouldContain(name);
        }
    }

    [Fact]
    public void Resource_Equal_IsTheSameType()
    {
        new KubernetesResource("a.b", "v1", "c").ShouldBe(new KubernetesResource("a.b", "v1", "c"));
        new KubernetesResource("a.b", "v1", "c").ToString().ShouldBe("c.a.b");
    }
}
