using System.Text.RegularExpressions;
using k8s;
using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connector;

/// <summary>What may go wrong with a server that only the simulated one can be told to do.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestMesh _mesh;
    private TestCluster _cluster = null!;

    public FaultTests() => _mesh = new TestMesh(_time);

    private RecordingSink Sink => _mesh["alpha"];

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync();
        await _cluster.AddServiceAsync("orders");
        await _cluster.AddSliceAsync("orders", "orders-a", ["10.1.0.1"]);
        _mesh.AddKubernetesCluster("alpha", o =>
        {
            o.KubeconfigPath = _cluster.KubeconfigPath;

            // The clock runs ahead of the machine here.
            o.RequestTimeout = TimeSpan.FromMinutes(10);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Watches_ExpiredAfterCompaction_ListAgainWithTheDeletionsInBetween()
    {
        await LiveAsync();
        await _cluster.Server.StopAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => !Sink.IsLive);
        await _cluster.Server.StartAsync(TestContext.Current.CancellationToken);
        await _cluster.DeleteServiceAsync("orders");
        await _cluster.DeleteSliceAsync("orders-a");
        await _cluster.AddServiceAsync("stock");
        _cluster.Faults.Compact();

        await UntilAsync(() => Sink.Find("orders.sales") is null && Sink.Find("stock.sales") is not null);
    }

    [Fact]
    public async Task Watches_ExpiredByAnEvent_GoOn()
    {
        await LiveAsync();
        _cluster.Faults.ExpireWatches();
        await _cluster.AddServiceAsync("stock");

        await UntilAsync(() => Sink.Find("stock.sales") is not null);
        Sink.Calls.Count(c => c == "Upsert orders.sales").ShouldBe(0);
    }

    [Fact]
    public async Task Watches_RefusedAtTheirStart_ListAgain()
    {
        _cluster.Faults.RefuseWatchStarts(3);
        await LiveAsync();
        await _cluster.AddServiceAsync("stock");
        await UntilAsync(() => Sink.Find("stock.sales") is not null);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("end")]
    [InlineData("truncate")]
    public async Task Watches_Ended_ResumeWithoutAList(string how)
    {
        await LiveAsync();
        if (how == "cut") _cluster.Faults.CutWatches();
        else if (how == "end") _cluster.Faults.EndWatches();
        else _cluster.Faults.TruncateWatches();
        await _cluster.AddServiceAsync("stock");

        await UntilAsync(() => Sink.Find("stock.sales") is not null && Sink.IsLive);
        Sink.Calls.Count(c => c.StartsWith("Reset", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Stream_HoldsRubbish_TheRestFlows()
    {
        await LiveAsync();
        _cluster.Faults.SendRaw("""{"type":"ADDED","object":{"metadata":{"name":"bad","namespace":"sales","resourceVersion":"5","labels":7}}}""" + "\n", "services");
        await _cluster.AddServiceAsync("stock");
        await UntilAsync(() => Sink.Find("stock.sales") is not null);
        _cluster.Faults.SendRaw("!!", "services");
        await _cluster.AddServiceAsync("more");
        await UntilAsync(() => Sink.Find("more.sales") is not null);
    }

    [Fact]
    public async Task Server_AsksToComeLater_IsSynchronisedAfterwards()
    {
        _cluster.Faults.Throttle(TimeSpan.FromSeconds(3), 4);
        await LiveAsync();
        Sink.Find("orders.sales").ShouldNotBeNull();
    }

    [Fact]
    public async Task Token_Expires_IsReadAgainFromTheKubeconfig()
    {
        await LiveAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        _cluster.Faults.ExpireTokens();
        _cluster.WriteKubeconfig("admin");
        _cluster.Faults.EndWatches();
        using var admin = NewClient();
        await admin.CoreV1.CreateNamespacedServiceAsync(
            new k8s.Models.V1Service
            {
                Metadata = new k8s.Models.V1ObjectMeta { Name = "stock" },
                Spec = new k8s.Models.V1ServiceSpec { Ports = [new k8s.Models.V1ServicePort { Port = 80 }] },
            },
            "sales",
            cancellationToken: TestContext.Current.CancellationToken);

        await UntilAsync(() => Sink.IsLive && Sink.Find("stock.sales") is not null);
        Sink.Failures.ShouldAllBe(f => f == null);
    }

    [Fact]
    public async Task Token_ExpiresAndIsNotRenewed_IsNamedOnceAndTrafficGoesOn()
    {
        await LiveAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        _cluster.Faults.ExpireTokens();
        _cluster.Faults.EndWatches();

        await UntilAsync(() => Sink.Cluster.Freshness == ClusterFreshness.Stale);
        var rounds = 0;
        await UntilAsync(() => ++rounds > 200);

        Sink.Failure!.ShouldContain("refuses the credentials (401)");
        Sink.Addresses("orders.sales").ShouldBe("10.1.0.1");
        Sink.Clusters.Count(static c => c.Freshness == ClusterFreshness.Stale).ShouldBe(1);
        Sink.Failures.Count(static f => f is not null).ShouldBe(1);

        _cluster.WriteKubeconfig("admin");
        await UntilAsync(() => Sink.IsLive);
    }

    [Fact]
    public async Task Certificate_OfAnotherHost_IsRefused()
    {
        _cluster.Faults.ServeWrongHostCertificate();
        _mesh.Start();

        await UntilAsync(() => Sink.Failure is not null);

        Sink.Failure!.ShouldContain("not for '127.0.0.1' but for elsewhere.example");
        Sink.Services.ShouldBeEmpty();

        _cluster.Faults.Clear();
        await UntilAsync(() => Sink.IsLive);
    }

    [Fact]
    public async Task Certificate_OfTheTlsServerName_IsAccepted()
    {
        _cluster.Faults.ServeWrongHostCertificate();
        var text = Regex.Replace(_cluster.Server.GetKubeconfig(), "(?m)^    server: .*$", "$0\n    tls-server-name: elsewhere.example");
        File.WriteAllText(_cluster.KubeconfigPath, text);

        await LiveAsync();
    }

    [Fact]
    public async Task Certificate_Expired_IsRefused()
    {
        _cluster.Faults.ServeExpiredCertificate();
        _mesh.Start();

        await UntilAsync(() => Sink.Failure is not null);

        Sink.Failure!.ShouldContain("is not valid now (issued by CN=simulated kubernetes ca, valid from");
    }

    [Fact]
    public async Task Permission_GrantedLater_IsTakenUp()
    {
        await _cluster.GrantAsync("reader", null, ("", "services"), ("", "nodes"), ("", "namespaces"));
        _cluster.WriteKubeconfig("reader");
        _mesh.Start();
        await UntilAsync(() => Sink.Failure is not null);

        await _cluster.GrantAsync("reader", null, ("discovery.k8s.io", "endpointslices"));

        await UntilAsync(() => Sink.IsLive);
        Sink.Addresses("orders.sales").ShouldBe("10.1.0.1");
        Sink.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Namespaces_OneWithoutPermission_DoesNotHoldUpTheOthers()
    {
        await _cluster.GrantAsync("reader", "sales", ("", "services"), ("discovery.k8s.io", "endpointslices"));
        _cluster.WriteKubeconfig("reader");
        _mesh.Services.Configure<KubernetesClusterOptions>("alpha", o => o.Namespaces = ["sales", "default"]);
        _mesh.Start();

        await UntilAsync(() => Sink.IsSynced && Sink.Failure is { } failure && failure.Contains("watch services in namespace default", StringComparison.Ordinal));

        Sink.Addresses("orders.sales").ShouldBe("10.1.0.1");
    }

    [Fact]
    public async Task OtherCluster_BehindTheSameKubeconfig_ReplacesTheState()
    {
        await LiveAsync();
        await using var other = await TestCluster.StartAsync();
        await other.AddServiceAsync("stock");
        File.Copy(other.KubeconfigPath, _cluster.KubeconfigPath, overwrite: true);
        var uid = Sink.Cluster.Uid;

        _cluster.Faults.ExpireTokens();
        _cluster.Faults.EndWatches();

        await UntilAsync(() => Sink.IsLive && Sink.Find("stock.sales") is not null && Sink.Find("orders.sales") is null);
        Sink.Cluster.Uid.ShouldNotBe(uid);
        Sink.Clusters.First(c => c.Uid == Sink.Cluster.Uid).Freshness.ShouldBe(ClusterFreshness.Stale, "none of its watches is open yet");
        _mesh.Logs.GetSnapshot().Count(l => l.Id.Id == 1104).ShouldBe(1);
    }

    [Fact]
    public async Task OtherCluster_ThatAnotherNameHolds_IsRefusedAndWhatTheVanishedOneBroughtIsGone()
    {
        await using var other = await TestCluster.StartAsync();
        await other.AddServiceAsync("stock");
        _mesh.AddKubernetesCluster("beta", o =>
        {
            o.KubeconfigPath = other.KubeconfigPath;
            o.RequestTimeout = TimeSpan.FromMinutes(10);
        });
        await LiveAsync();
        await UntilAsync(() => _mesh["beta"].IsLive);
        File.Copy(other.KubeconfigPath, _cluster.KubeconfigPath, overwrite: true);

        _cluster.Faults.ExpireTokens();
        _cluster.Faults.EndWatches();

        await UntilAsync(() => Sink.Failure?.Contains("is the same as cluster beta", StringComparison.Ordinal) == true);
        Sink.Services.ShouldBeEmpty();
        (Sink.Cluster.Freshness, Sink.Cluster.Uid).ShouldBe((ClusterFreshness.Connecting, null), "nothing of it is in use any more");
        _mesh["beta"].Find("stock.sales").ShouldNotBeNull();
    }

    [Fact]
    public async Task Cancellation_WhileWatching_EndsCleanly()
    {
        await LiveAsync();

        await _mesh.StopAsync();

        await Until.TrueAsync(() => _cluster.Faults.RunningWatches == 0);
        Sink.Addresses("orders.sales").ShouldBe("10.1.0.1");
    }

    [Fact]
    public async Task ExistingClient_HandedOver_IsUsedAndNotDisposed()
    {
        await using var mesh = new TestMesh(_time);
        mesh.AddKubernetesCluster("beta", _cluster.Client);
        mesh.Start();
        await mesh.UntilAsync(() => mesh["beta"].IsLive);
        await mesh.StopAsync();

        (await _cluster.Client.CoreV1.ListNamespaceAsync(cancellationToken: TestContext.Current.CancellationToken)).Items.ShouldNotBeEmpty();
    }

    private k8s.Kubernetes NewClient() => new(k8s.KubernetesClientConfiguration.BuildConfigFromConfigFile(_cluster.KubeconfigPath));

    private async Task LiveAsync()
    {
        _mesh.Start();
        await UntilAsync(() => Sink.IsLive && Sink.IsSynced);
    }

    // Turns the clock while it waits: backoffs and Retry-After pass without being waited for.
    private Task UntilAsync(Func<bool> condition) => _mesh.UntilAsync(() =>
    {
        if (condition()) return true;
        _time.Advance(TimeSpan.FromMilliseconds(200));
        return false;
    });
}
