using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Connector;

/// <summary>Tokens that are rotated and revoked on a real API server, while objects come and go: whatever the server does with open watches, nothing is lost.</summary>
public abstract class RevocationContract
{
    private static readonly string[] Resources = ["services", "nodes", "namespaces"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract Task<TestCluster> StartAsync();

    [Fact(Timeout = 240_000)]
    public async Task Token_RotatedThenTheOldOneRevoked_TheCatalogIsWhatTheServerHas()
    {
        await using var cluster = await StartAsync();
        var first = await IssueAsync(cluster, "one");
        var second = await IssueAsync(cluster, "two");
        cluster.WriteFile("token", first);
        WriteKubeconfig(cluster, "tokenFile: token");
        await using var mesh = Mesh(cluster).Start();
        await mesh.UntilAsync(() => mesh["alpha"].IsLive);

        using var stop = new CancellationTokenSource();
        var writing = WriteAsync(cluster, stop.Token);
        await mesh.UntilAsync(() => mesh["alpha"].Services.Count > 3);
        cluster.WriteFile("token", second + "\n");
        await mesh.UntilAsync(() => Renewals(mesh) == 1);
        await RevokeAsync(cluster, "one");
        var seen = mesh["alpha"].Services.Max();
        await mesh.UntilAsync(() => mesh["alpha"].Services.Max() != seen);
        await stop.CancelAsync();
        await writing;

        await EqualAsync(cluster, mesh);
        mesh["alpha"].Calls.Count(static c => c.StartsWith("Reset", StringComparison.Ordinal)).ShouldBe(1, "the watches went on from where they were");
        mesh["alpha"].Clusters.ShouldNotContain(static c => c.Freshness == ClusterFreshness.Stale);
    }

    [Fact(Timeout = 240_000)]
    public async Task Token_RevokedBeforeTheNextOneIsThere_IsTakenUpWhenItComes()
    {
        await using var cluster = await StartAsync();
        var first = await IssueAsync(cluster, "one");
        cluster.WriteFile("token", first);
        WriteKubeconfig(cluster, "tokenFile: token");
        await using var proxy = FaultProxy.Start(cluster.Server.Address);
        File.WriteAllText(cluster.KubeconfigPath, proxy.Redirect(await File.ReadAllTextAsync(cluster.KubeconfigPath, Token)));
        await using var mesh = Mesh(cluster).Start();
        await mesh.UntilAsync(() => mesh["alpha"].IsLive);

        using var stop = new CancellationTokenSource();
        var writing = WriteAsync(cluster, stop.Token);
        await RevokeAsync(cluster, "one");
        await RefusedAsync(cluster, first);

        // The server lets open watches run; a connection that breaks shows that the token is none any more.
        proxy.Link.Cut();
        proxy.Link.Restore();
        await mesh.UntilAsync(() => mesh["alpha"].Failure?.Contains("refuses the credentials (401)", StringComparison.Ordinal) == true);
        var services = mesh["alpha"].Services;
        cluster.WriteFile("token", await IssueAsync(cluster, "two"));
        await mesh.UntilAsync(() => mesh["alpha"].IsLive && mesh["alpha"].Services.Except(services).Any());
        await stop.CancelAsync();
        await writing;

        await EqualAsync(cluster, mesh);
    }

    private static int Renewals(TestMesh mesh) => mesh.Logs.GetSnapshot().Count(static l => l.Id.Id == 1107);

    private static TestMesh Mesh(TestCluster cluster)
    {
        var mesh = new TestMesh();
        mesh.AddKubernetesCluster("alpha", o => o.KubeconfigPath = cluster.KubeconfigPath);
        return mesh;
    }

    // Services come and go; their names grow.
    private static async Task WriteAsync(TestCluster cluster, CancellationToken cancellationToken)
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            await cluster.AddServiceAsync($"s{i:0000}");
            if (i % 3 == 2) await cluster.DeleteServiceAsync($"s{i - 2:0000}");
        }
    }

    private static async Task EqualAsync(TestCluster cluster, TestMesh mesh)
    {
        var there = (await cluster.Client.CoreV1.ListNamespacedServiceAsync("sales", cancellationToken: Token)).Items.Select(static s => s.Metadata.Name).Order(StringComparer.Ordinal).ToList();
        there.ShouldNotBeEmpty();
        await mesh.UntilAsync(() => mesh["alpha"].Services.Where(static s => s.Namespace == "sales").Select(static s => s.Name).Order(StringComparer.Ordinal).SequenceEqual(there));
    }

    /// <summary>A token that holds as long as a Secret is there.</summary>
    private static async Task<string> IssueAsync(TestCluster cluster, string secret)
    {
        var core = cluster.Client.CoreV1;
        if ((await core.ListNamespacedServiceAccountAsync("default", cancellationToken: Token)).Items.All(static a => a.Metadata.Name != "watcher"))
        {
            await core.CreateNamespacedServiceAccountAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "watcher" } }, "default", cancellationToken: Token);
            await cluster.GrantAsync("system:serviceaccount:default:watcher", null, [.. Resources.Select(static r => ("", r)), ("discovery.k8s.io", "endpointslices")]);
        }

        var bound = await core.CreateNamespacedSecretAsync(new V1Secret { Metadata = new V1ObjectMeta { Name = secret } }, "default", cancellationToken: Token);
        var request = new Authenticationv1TokenRequest
        {
            Spec = new V1TokenRequestSpec
            {
                Audiences = [],
                ExpirationSeconds = 3600,
                BoundObjectRef = new V1BoundObjectReference { ApiVersion = "v1", Kind = "Secret", Name = secret, Uid = bound.Metadata.Uid },
            },
        };
        return (await core.CreateNamespacedServiceAccountTokenAsync(request, "watcher", "default", cancellationToken: Token)).Status.Token;
    }

    private static async Task RevokeAsync(TestCluster cluster, string secret) => await cluster.Client.CoreV1.DeleteNamespacedSecretAsync(secret, "default", cancellationToken: Token);

    // The server remembers for some seconds that a token was good.
    private static async Task RefusedAsync(TestCluster cluster, string token)
    {
        using var client = new Kubernetes(new KubernetesClientConfiguration { Host = cluster.Server.Address.ToString(), AccessToken = token, SkipTlsVerify = true });
        var refused = false;
        var asking = Task.CompletedTask;
        await Until.TrueAsync(() =>
        {
            if (asking.IsCompleted && !refused) asking = AskAsync();
            return refused;
        });
        await asking;

        async Task AskAsync()
        {
            try
            {
                await client.CoreV1.ListNamespacedServiceAsync("sales", limit: 1, cancellationToken: Token);
            }
            catch (k8s.Autorest.HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.Unauthorized)
            {
                refused = true;
            }
        }
    }

    private static void WriteKubeconfig(TestCluster cluster, string credentials) => File.WriteAllText(
        cluster.KubeconfigPath, Regex.Replace(cluster.Server.GetKubeconfig(), "(?m)^    client-certificate-data: .*\n    client-key-data: .*$", $"    {credentials}"));
}
