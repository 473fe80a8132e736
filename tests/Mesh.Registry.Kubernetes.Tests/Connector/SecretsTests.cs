using System.Text;
using System.Text.RegularExpressions;
using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connector;

/// <summary>Nothing that a connector says, whatever goes wrong, holds a secret of its kubeconfig.</summary>
public sealed class SecretsTests
{
    private const string Canary = "canary-secret";
    private static readonly string Encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary));

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData($"token: {Canary}")]
    [InlineData($"username: {Canary}\n    password: {Canary}")]
    [InlineData("tokenFile: CANARYFILE")]
    [InlineData($"client-certificate-data: BASE64\n    client-key-data: BASE64")]
    [InlineData($"exec: {{ apiVersion: client.authentication.k8s.io/v1, command: sh, args: [ '-c', 'echo {Canary}' ], env: [ {{ name: A, value: {Canary} }} ] }}")]
    [InlineData($"exec: {{ apiVersion: client.authentication.k8s.io/v1, command: {Canary}-not-the-secret }}", false)]
    [InlineData($"auth-provider: {{ name: oidc, config: {{ id-token: {Canary}, refresh-token: {Canary}, client-secret: {Canary}, client-id: a, idp-issuer-url: 'http://127.0.0.1:1' }} }}")]
    public async Task Credentials_Refused_AreNeverShown(string user, bool isSecret = true)
    {
        await using var cluster = await TestCluster.StartAsync();
        user = user.Replace("CANARYFILE", cluster.WriteFile("token", Canary), StringComparison.Ordinal).Replace("BASE64", Encoded, StringComparison.Ordinal);
        File.WriteAllText(cluster.KubeconfigPath, Regex.Replace(cluster.Server.GetKubeconfig(), "(?m)^    token: .*$", _ => "    " + user));
        await using var mesh = Mesh(cluster).Start();

        await UntilAsync(mesh, () => mesh["alpha"].Failure is not null);

        if (isSecret) Said(mesh).ShouldNotContain(Canary);
        Said(mesh).ShouldNotContain(Encoded);
    }

    [Fact]
    public async Task Kubeconfig_BecomesRubbishWhileRunning_IsNamedAndTheSecretIsNot()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.AddServiceAsync("orders");
        await using var mesh = Mesh(cluster).Start();
        await UntilAsync(mesh, () => mesh["alpha"].IsLive && mesh["alpha"].Find("orders.sales") is not null);

        cluster.WriteFile("kubeconfig", $"users:\n- name: a\n  user:\n   token: {Canary}\n  {Canary}: [\n");
        cluster.Faults.ExpireTokens();
        cluster.Faults.EndWatches();
        _time.Advance(TimeSpan.FromSeconds(2));
        await UntilAsync(mesh, () => mesh["alpha"].Failure?.Contains("kubeconfig", StringComparison.Ordinal) == true);

        Said(mesh).ShouldNotContain(Canary);
        mesh["alpha"].Find("orders.sales").ShouldNotBeNull();
        cluster.WriteKubeconfig("admin");
        await UntilAsync(mesh, () => mesh["alpha"].IsLive);
    }

    [Theory]
    [InlineData("token: CANARY")]
    [InlineData("username: CANARY\n    password: CANARY")]
    [InlineData("tokenFile: CANARYFILE")]
    [InlineData("client-certificate-data: BASE64\n    client-key-data: BASE64")]
    [InlineData("client-certificate: CANARYFILE\n    client-key: CANARYFILE")]
    [InlineData("exec: { apiVersion: client.authentication.k8s.io/v1, command: sh, args: [ '-c', 'echo CANARY; echo CANARY >&2; exit 1' ], env: [ { name: A, value: CANARY } ] }")]
    [InlineData("exec: { apiVersion: client.authentication.k8s.io/v1, command: sh, args: [ '-c', 'echo CANARY; sleep 600' ] }")]
    [InlineData("exec: { apiVersion: client.authentication.k8s.io/v1, command: sh, args: [ '-c', 'cat CANARYANSWER' ] }")]
    [InlineData("token: CANARY\n    as: CANARY\n    as-user-extra: { reason: [ CANARY ] }")]
    [InlineData("auth-provider: { name: oidc, config: { id-token: CANARY, refresh-token: CANARY, client-secret: CANARY, client-id: a, idp-issuer-url: 'http://127.0.0.1:1' } }")]
    [InlineData("tokens: CANARY")]
    [InlineData("token: [ CANARY")]
    [InlineData("token: { CANARY: CANARY }")]
    public async Task Credentials_RefusedWhileOthersAreInUse_AreNeverShownByFileOrAsData(string user)
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.AddServiceAsync("orders");
        var answer = cluster.WriteFile("answer", $$$"""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"{{{Canary}}}"}}""");
        user = user.Replace("CANARYFILE", cluster.WriteFile("token", Canary), StringComparison.Ordinal).Replace("CANARYANSWER", answer, StringComparison.Ordinal)
            .Replace("CANARY", Canary, StringComparison.Ordinal).Replace("BASE64", Encoded, StringComparison.Ordinal);
        var changed = Regex.Replace(cluster.Server.GetKubeconfig(), "(?m)^    token: .*$", _ => "    " + user);
        var data = new KubeconfigData(cluster.Server.GetKubeconfig());
        await using var mesh = Mesh(cluster);
        using var listener = new System.Diagnostics.ActivityListener { ShouldListenTo = static _ => true, Sample = static (ref _) => System.Diagnostics.ActivitySamplingResult.AllData };
        var tags = new System.Collections.Concurrent.ConcurrentQueue<string>();
        listener.ActivityStopped = a => tags.Enqueue($"{a.DisplayName} {string.Join(' ', a.TagObjects)} {string.Join(' ', a.Events.SelectMany(static e => e.Tags))}");
        System.Diagnostics.ActivitySource.AddActivityListener(listener);
        await using var byData = new TestMesh(_time);
        byData.AddKubernetesCluster("alpha", o =>
        {
            o.Kubeconfig = data;
            o.KubeconfigAllows = KubeconfigFeatures.ExecPlugins | KubeconfigFeatures.Files | KubeconfigFeatures.AuthProviders;
            o.RequestTimeout = TimeSpan.FromMinutes(1);
        });
        mesh.Start();
        await UntilAsync(mesh, () => mesh["alpha"].IsLive);
        byData.Start();
        await UntilAsync(byData, () => byData["alpha"].IsLive && byData["alpha"].Find("orders.sales") is not null);

        await File.WriteAllTextAsync(cluster.KubeconfigPath, changed, TestContext.Current.CancellationToken);
        data.Replace(changed);
        await UntilAsync(byData, () => !byData["alpha"].Problems.IsEmpty);
        cluster.Faults.ExpireTokens();
        cluster.Faults.CutWatches();
        await UntilAsync(byData, () => byData["alpha"].Failure is not null);

        foreach (var said in new[] { Said(mesh), Said(byData), string.Join('\n', tags), data.ToString() })
        {
            said.ShouldNotContain(Canary);
            said.ShouldNotContain(Encoded);
        }

        byData["alpha"].Find("orders.sales").ShouldNotBeNull();
    }

    private TestMesh Mesh(TestCluster cluster)
    {
        var mesh = new TestMesh(_time);
        mesh.AddKubernetesCluster("alpha", o =>
        {
            o.KubeconfigPath = cluster.KubeconfigPath;
            o.RequestTimeout = TimeSpan.FromMinutes(10);
        });
        return mesh;
    }

    private Task UntilAsync(TestMesh mesh, Func<bool> condition) => mesh.UntilAsync(() =>
    {
        if (condition()) return true;
        _time.Advance(TimeSpan.FromMilliseconds(200));
        return false;
    });

    private static string Said(TestMesh mesh)
    {
        var sink = mesh["alpha"];
        var logs = mesh.Logs.GetSnapshot().Select(static l => $"{l.Message} {l.Exception} {string.Join(' ', l.StructuredState ?? [])}");
        return string.Join('\n', [.. logs, .. sink.Failures, .. sink.Clusters.Select(static c => c.Detail), .. sink.Problems.Values.Select(static p => p.Message)]);
    }
}
