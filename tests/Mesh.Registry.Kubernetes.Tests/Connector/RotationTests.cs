using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connector;

/// <summary>A connection whose configuration changes while it is used: the new one is tried before the one in use is dropped.</summary>
public sealed class RotationTests : IAsyncLifetime
{
    private const int Renewed = 1107;
    private const string OtherVersion = "900001";

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly TestMesh _mesh;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-rotation-");
    private TestCluster _cluster = null!;

    public RotationTests() => _mesh = new TestMesh(_time);

    private RecordingSink Sink => _mesh["alpha"];

    private CatalogProblem? Problem => Sink.Problems.GetValueOrDefault("The changed connection");

    private int Renewals => _mesh.Logs.GetSnapshot().Count(static l => l.Id.Id == Renewed);

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync();
        await _cluster.AddServiceAsync("orders");
    }

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        await _cluster.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Kubeconfig_WithANewToken_IsTakenWhileTheOldOneStillWorks()
    {
        await LiveAsync();
        await GrantReaderAsync();
        var watches = _cluster.Faults.RunningWatches;

        _cluster.WriteKubeconfig("reader");
        await UntilAsync(() => Renewals == 1);
        await _cluster.AddServiceAsync("stock");
        await UntilAsync(() => Sink.Find("stock.sales") is not null);

        // The old connection's watches have ended, those of the new one go on from where they were: no list, no moment without.
        await UntilAsync(() => _cluster.Faults.RunningWatches == watches);
        Sink.Calls.Count(static c => c.StartsWith("Reset", StringComparison.Ordinal)).ShouldBe(1);
        Sink.Clusters.ShouldNotContain(static c => c.Freshness == ClusterFreshness.Stale);
        Sink.Failures.ShouldAllBe(static f => f == null);
        Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Kubeconfig_OfAMountedSecret_IsTakenWhenItsLinkIsSwapped()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Secrets are mounted so on Unix.");
        await GrantReaderAsync();
        await LiveAsync(MountedSecret.Write(_folder.FullName, ("kubeconfig", _cluster.Server.GetKubeconfig())));

        MountedSecret.Write(_folder.FullName, ("kubeconfig", _cluster.Server.GetKubeconfig("reader")));

        await UntilAsync(() => Renewals == 1);
    }

    [Theory]
    [InlineData("users: [", "it is not YAML")]
    [InlineData("", "it is empty")]
    [InlineData(null, "no such file")]
    public async Task Kubeconfig_Broken_IsReportedOnceAndTheConnectionInUseStays(string? text, string reason)
    {
        await LiveAsync();
        var whole = await File.ReadAllTextAsync(_cluster.KubeconfigPath, TestContext.Current.CancellationToken);

        if (text is null) File.Delete(_cluster.KubeconfigPath);
        else await File.WriteAllTextAsync(_cluster.KubeconfigPath, text, TestContext.Current.CancellationToken);
        await UntilAsync(() => Problem is not null);

        Problem!.Message.ShouldContain(_cluster.KubeconfigPath);
        Problem!.Message.ShouldContain(reason);
        Problem!.Message.ShouldContain("The connection in use is kept");
        await StillFollowsAsync("stock");

        // The cluster is as live as before, and says it all the same.
        Sink.Cluster.Freshness.ShouldBe(ClusterFreshness.Live);
        Sink.Cluster.RenewalFailure.ShouldBe(Problem!.Message);

        // Put right, it is taken, and the report goes.
        await File.WriteAllTextAsync(_cluster.KubeconfigPath, whole, TestContext.Current.CancellationToken);
        await UntilAsync(() => Renewals == 1 && Problem is null);
        Sink.Cluster.RenewalFailure.ShouldBeNull();
        await StillFollowsAsync("bills");
    }

    [Fact]
    public async Task Kubeconfig_WithATokenThatIsRefused_IsReportedAndTheConnectionInUseStays()
    {
        await LiveAsync();

        WriteKubeconfig(static k => Regex.Replace(k, "(?m)^    token: .*$", "    token: nobody-knows-it"));
        await UntilAsync(() => Problem is not null);

        Problem!.Message.ShouldContain($"{Address} refuses its credentials (401)");
        Problem!.Message.ShouldNotContain("nobody-knows-it");
        await StillFollowsAsync("stock");
        Renewals.ShouldBe(0);
    }

    [Fact]
    public async Task Kubeconfig_WithoutAnyCredential_IsNotTakenForOneThatWorks()
    {
        await LiveAsync();

        // Anybody may ask for the version; that is no sign of rights.
        WriteKubeconfig(static k => Regex.Replace(k, "(?m)^ +user: .+\n", ""));
        await UntilAsync(() => Problem is not null);

        await StillFollowsAsync("stock");
        Renewals.ShouldBe(0);
    }

    [Fact]
    public async Task Kubeconfig_OfAUserWithoutRights_IsNotTakenForOneThatWorks()
    {
        await LiveAsync();

        _cluster.WriteKubeconfig("stranger");
        await UntilAsync(() => Problem is not null);

        Problem!.Message.ShouldContain("may not even read who the cluster is");
        await StillFollowsAsync("stock");
        Renewals.ShouldBe(0);
    }

    [Fact]
    public async Task Kubeconfig_OfAServerWithACertificateForAnotherHost_IsReportedAndTheConnectionInUseStays()
    {
        await LiveAsync();
        _cluster.Faults.ServeWrongHostCertificate();
        await GrantReaderAsync();

        _cluster.WriteKubeconfig("reader");
        await UntilAsync(() => Problem is not null);

        Problem!.Message.ShouldContain("is not trusted: the server's certificate is not for '127.0.0.1' but for elsewhere.example");
        await StillFollowsAsync("stock");
        Renewals.ShouldBe(0);

        // It is tried again by itself: nothing about the file need change.
        _cluster.Faults.Clear();
        await UntilAsync(() => Renewals == 1 && Problem is null);
    }

    [Fact]
    public async Task Kubeconfig_OfAServerThatIsDown_IsReportedAndTheConnectionInUseStays()
    {
        await LiveAsync();
        await using var other = await TestCluster.StartAsync();
        await other.Server.StopAsync(TestContext.Current.CancellationToken);

        File.Copy(other.KubeconfigPath, _cluster.KubeconfigPath, overwrite: true);
        await UntilAsync(() => Problem is not null);

        Problem!.Message.ShouldContain($"{other.Server.Address.GetLeftPart(UriPartial.Authority)} cannot be reached");
        await StillFollowsAsync("stock");
        Renewals.ShouldBe(0);
    }

    [Fact]
    public async Task Kubeconfig_ThatLeadsToAnotherCluster_DropsStateAndVersionsOfTheOneBefore()
    {
        _mesh.Services.AddMetrics();
        await LiveAsync();
        using var reconnects = new MetricCollector<long>(_mesh.Provider.GetRequiredService<IMeterFactory>(), KubernetesMetrics.MeterName, "mesh.registry.kubernetes.reconnects");
        await using var other = await WireServer.StartAsync(WireCluster.Of("bills", OtherVersion));

        File.Copy(other.KubeconfigPath, _cluster.KubeconfigPath, overwrite: true);

        await OtherClusterFollowedAsync(other);
        _mesh.Logs.GetSnapshot().Count(static l => l.Id.Id == 1104).ShouldBe(1);
        reconnects.GetMeasurementSnapshot().Count(static m => (string?)m.Tags["mesh.reason"] == "other_cluster").ShouldBe(1);
        await UntilAsync(() => _cluster.Faults.RunningWatches == 0);
    }

    [Fact]
    public async Task Kubeconfig_ThatLedToAnotherCluster_IsFollowedThereAfterALossWithoutANewList()
    {
        await LiveAsync();
        await using var other = await TestCluster.StartAsync();
        await other.AddServiceAsync("bills");
        File.Copy(other.KubeconfigPath, _cluster.KubeconfigPath, overwrite: true);
        await UntilAsync(() => Sink.IsLive && Sink.Find("bills.sales") is not null);

        other.Faults.CutWatches();
        await UntilAsync(() => !Sink.IsLive);
        await other.AddServiceAsync("stock");
        await UntilAsync(() => Sink.IsLive && Sink.Find("stock.sales") is not null);

        Sink.Calls.Count(static c => c.StartsWith("Reset", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Kubeconfig_ThatLeadsToAClusterThatAnotherNameHolds_IsRefused()
    {
        await using var other = await TestCluster.StartAsync();
        await other.AddServiceAsync("bills");
        Add("beta", other.KubeconfigPath);
        await LiveAsync();
        await UntilAsync(() => _mesh["beta"].IsLive);

        File.Copy(other.KubeconfigPath, _cluster.KubeconfigPath, overwrite: true);

        await UntilAsync(() => Sink.Failure?.Contains("is the same as cluster beta", StringComparison.Ordinal) == true);
        Sink.Services.ShouldBeEmpty();
        _mesh["beta"].Find("bills.sales").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("ca", "certificate-authority")]
    [InlineData("token", "tokenFile")]
    public async Task File_ThatTheKubeconfigRefersTo_IsFollowedToo(string file, string field)
    {
        await GrantReaderAsync();
        var (text, content) = Referring(_cluster.Server.GetKubeconfig(), file, field);
        var path = Path.Combine(_folder.FullName, file);
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);
        var kubeconfig = Path.Combine(_folder.FullName, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, text, TestContext.Current.CancellationToken);
        await LiveAsync(kubeconfig);

        await File.WriteAllTextAsync(path, file == "ca" ? "rubbish" : "rubbish\n", TestContext.Current.CancellationToken);
        await UntilAsync(() => Problem is not null);
        await StillFollowsAsync("stock");
        await File.WriteAllTextAsync(path, Referring(_cluster.Server.GetKubeconfig("reader"), file, field).Content + "\n", TestContext.Current.CancellationToken);

        await UntilAsync(() => Renewals == 1 && Problem is null);
        await StillFollowsAsync("bills");
    }

    [Fact]
    public async Task Data_Replaced_IsTakenAndWhatIsNotAllowedInItIsRefusedByName()
    {
        await GrantReaderAsync();
        var data = new KubeconfigData(_cluster.Server.GetKubeconfig());
        _mesh.AddKubernetesCluster("alpha", o =>
        {
            o.Kubeconfig = data;
            o.RequestTimeout = TimeSpan.FromMinutes(10);
        });
        _mesh.Start();
        await UntilAsync(() => Sink.IsLive);

        data.Replace(Regex.Replace(_cluster.Server.GetKubeconfig(), "(?m)^    token: .*$", "    exec: { apiVersion: client.authentication.k8s.io/v1, command: sh }"));
        await UntilAsync(() => Problem is not null);
        Problem!.Message.ShouldContain("'exec' is not accepted in a kubeconfig given as data");
        await StillFollowsAsync("stock");

        data.Replace(_cluster.Server.GetKubeconfig("reader"));
        await UntilAsync(() => Renewals == 1 && Problem is null);
        await StillFollowsAsync("bills");
    }

    [Fact]
    public async Task Data_ReplacedByThatOfAnotherCluster_DropsStateAndVersionsOfTheOneBefore()
    {
        await using var other = await WireServer.StartAsync(WireCluster.Of("bills", OtherVersion));
        var data = new KubeconfigData(_cluster.Server.GetKubeconfig());
        _mesh.AddKubernetesCluster("alpha", o =>
        {
            o.Kubeconfig = data;
            o.RequestTimeout = TimeSpan.FromMinutes(10);
        });
        _mesh.Start();
        await UntilAsync(() => Sink.IsLive && Sink.Find("orders.sales") is not null);

        data.Replace(await File.ReadAllTextAsync(other.KubeconfigPath, TestContext.Current.CancellationToken));

        await OtherClusterFollowedAsync(other);
    }

    [Fact]
    public async Task Token_OfAPluginThatEnds_IsRenewedBefore()
    {
        await GrantReaderAsync();
        WritePlugin("admin", TimeSpan.FromMinutes(2));
        WriteExecKubeconfig();
        await LiveAsync();

        WritePlugin("reader", TimeSpan.FromMinutes(60));
        var start = _time.GetUtcNow();
        await UntilAsync(() => Renewals == 1);

        (_time.GetUtcNow() - start).ShouldBeInRange(TimeSpan.FromSeconds(80), TimeSpan.FromMinutes(2));
        await StillFollowsAsync("stock");
        Sink.Failures.ShouldAllBe(static f => f == null);
    }

    [Fact]
    public async Task Token_OfAPluginThatIsRefused_IsAskedForAgainOnce()
    {
        WritePlugin("admin", null);
        WriteExecKubeconfig();
        await LiveAsync();
        _time.Advance(TimeSpan.FromSeconds(2));

        _cluster.Faults.ExpireTokens();
        WritePlugin("admin", null);
        _cluster.Faults.EndWatches();
        _cluster.Reconnect();
        await StillFollowsAsync("stock");

        Renewals.ShouldBe(1);
        Sink.Failures.ShouldAllBe(static f => f == null);
        (await File.ReadAllLinesAsync(Path.Combine(_folder.FullName, "runs"), TestContext.Current.CancellationToken)).Length.ShouldBe(2);
    }

    private string Address => _cluster.Server.Address.GetLeftPart(UriPartial.Authority);

    private static (string Text, string Content) Referring(string kubeconfig, string file, string field)
    {
        var data = field == "tokenFile" ? "token" : field + "-data";
        var match = Regex.Match(kubeconfig, $"(?m)^    {data}: (.*)$");
        match.Success.ShouldBeTrue(data);
        var value = match.Groups[1].Value.Trim('"', '\'');
        return (kubeconfig.Replace(match.Value, $"    {field}: {file}", StringComparison.Ordinal), field == "tokenFile" ? value : Encoding.UTF8.GetString(Convert.FromBase64String(value)));
    }

    private void WritePlugin(string user, TimeSpan? life)
    {
        var token = Regex.Match(_cluster.Server.GetKubeconfig(user), "(?m)^    token: (.*)$").Groups[1].Value.Trim('"', '\'');
        var end = life is null ? "" : $$""", "expirationTimestamp": "{{_time.GetUtcNow() + life.Value:yyyy-MM-ddTHH:mm:ssZ}}" """;
        PluginScript.Write(
            Path.Combine(_folder.FullName, "plugin"),
            $$"""
            echo run >> "{{Path.Combine(_folder.FullName, "runs")}}"
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"{{token}}"{{end}} } }'
            """);
    }

    private void WriteExecKubeconfig() => WriteKubeconfig(k => Regex.Replace(
        k, "(?m)^    token: .*$", $"    exec: {{ apiVersion: client.authentication.k8s.io/v1, command: '{Path.Combine(_folder.FullName, "plugin")}', interactiveMode: Never }}"));

    private void WriteKubeconfig(Func<string, string> change) => File.WriteAllText(_cluster.KubeconfigPath, change(_cluster.Server.GetKubeconfig()));

    private Task GrantReaderAsync() => _cluster.GrantAsync("reader", null, ("", "services"), ("", "nodes"), ("", "namespaces"), ("discovery.k8s.io", "endpointslices"));

    private async Task StillFollowsAsync(string service)
    {
        await _cluster.AddServiceAsync(service);
        await UntilAsync(() => Sink.IsLive && Sink.Find($"{service}.sales") is not null);
    }

    private void Add(string cluster, string kubeconfig) => _mesh.AddKubernetesCluster(cluster, o =>
    {
        o.KubeconfigPath = kubeconfig;

        // The clock runs ahead of the machine here.
        o.RequestTimeout = TimeSpan.FromMinutes(10);
    });

    private async Task OtherClusterFollowedAsync(WireServer other)
    {
        await UntilAsync(() => Sink.IsLive && Sink.Cluster.Uid == "wire-uid" && Sink.Find("bills.sales") is not null);
        Sink.Services.ShouldBe([ServiceName.Parse("bills.sales")]);
        var versions = other.Requests.SelectMany(static r => Regex.Matches(r, @"resourceVersion=(\w*)").Select(static m => m.Groups[1].Value)).Distinct();
        versions.ShouldBeSubsetOf(["0", OtherVersion], $"it was asked by a version of the cluster before: {string.Join(", ", other.Requests)}");
    }

    private async Task LiveAsync(string? kubeconfig = null)
    {
        Add("alpha", kubeconfig ?? _cluster.KubeconfigPath);
        _mesh.Start();
        await UntilAsync(() => Sink.IsLive && Sink.Find("orders.sales") is not null);
    }

    private Task UntilAsync(Func<bool> condition) => _mesh.UntilAsync(() =>
    {
        if (condition()) return true;
        _time.Advance(TimeSpan.FromMilliseconds(500));
        return false;
    });
}
