using System.Text.Json;
using Mesh.Servers;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connection;

public sealed class ExecPluginTests : IDisposable
{
    private const string Token = """'{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"sesame"}}'""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-plugin-");
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task Run_Token_IsTakenWithItsEnd(string version)
    {
        var settings = await BuildAsync($$"""echo '{"apiVersion":"client.authentication.k8s.io/{{version}}","kind":"ExecCredential","status":{"token":"sesame","expirationTimestamp":"2030-01-02T03:04:05Z"} }'""", version: version);

        settings.Configuration.AccessToken.ShouldBe("sesame");
        settings.Configuration.TokenProvider.ShouldBeNull("the library would run it again by its own rules");
        settings.ExpiresAt.ShouldBe(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
    }

    [Fact]
    public async Task Run_ClientCertificate_IsTaken()
    {
        using var authority = new TestCertificateAuthority();
        using var certificate = authority.IssueClient("reader");
        var answer = JsonSerializer.Serialize(new
        {
            apiVersion = "client.authentication.k8s.io/v1",
            kind = "ExecCredential",
            status = new { clientCertificateData = certificate.CertificatePem, clientKeyData = certificate.KeyPem },
        });
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "answer"), answer, TestContext.Current.CancellationToken);

        var settings = await BuildAsync("cat \"$(dirname \"$0\")/answer\"");

        settings.Configuration.AccessToken.ShouldBeNullOrEmpty();
        ApiClient.Create(settings, default).Release();
        settings.Configuration.ClientCertificateData.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Run_Plugin_IsToldWhatItMayKnow()
    {
        await BuildAsync($"echo \"$KUBERNETES_EXEC_INFO\" > \"$(dirname \"$0\")/info\"; echo \"$GREETING|$#|$1|$2\" > \"$(dirname \"$0\")/rest\"; echo {Token}", "\n      args: [ 'a b', 'c\"d' ]\n      env: [ { name: GREETING, value: 'hello you' } ]");

        using var info = JsonDocument.Parse(await ReadAsync("info"));
        info.RootElement.GetProperty("kind").GetString().ShouldBe("ExecCredential");
        info.RootElement.GetProperty("apiVersion").GetString().ShouldBe("client.authentication.k8s.io/v1");
        info.RootElement.GetProperty("spec").GetProperty("interactive").GetBoolean().ShouldBeFalse();
        info.RootElement.GetProperty("spec").TryGetProperty("cluster", out _).ShouldBeFalse("it was not asked for");
        (await ReadAsync("rest")).ShouldBe("hello you|2|a b|c\"d\n");
    }

    [Fact]
    public async Task Run_ProvideClusterInfo_TellsTheCluster()
    {
        using var authority = new TestCertificateAuthority();
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "ca.crt"), authority.CertificatePem, TestContext.Current.CancellationToken);

        await BuildAsync(
            $"echo \"$KUBERNETES_EXEC_INFO\" > \"$(dirname \"$0\")/info\"; echo {Token}",
            "\n      provideClusterInfo: true",
            cluster: """
                , certificate-authority: ca.crt, tls-server-name: api, proxy-url: 'http://proxy:3128', disable-compression: true,
                    extensions: [ { name: client.authentication.k8s.io/exec, extension: { audience: a, depth: 3, on: true, off: null, list: [ 'x', "7" ] } } ]
                """);

        using var info = JsonDocument.Parse(await ReadAsync("info"));
        var cluster = info.RootElement.GetProperty("spec").GetProperty("cluster");
        cluster.GetProperty("server").GetString().ShouldBe("https://one.example:6443");
        cluster.GetProperty("tls-server-name").GetString().ShouldBe("api");
        cluster.GetProperty("proxy-url").GetString().ShouldBe("http://proxy:3128");
        cluster.GetProperty("disable-compression").GetBoolean().ShouldBeTrue();
        cluster.GetProperty("certificate-authority-data").GetBytesFromBase64().ShouldBe(System.Text.Encoding.UTF8.GetBytes(authority.CertificatePem));
        cluster.GetProperty("config").GetRawText().ShouldBe("""{"audience":"a","depth":3,"on":true,"off":null,"list":["x","7"]}""");
    }

    [Theory]
    [InlineData("exit 3", "ended with code 3 (0 bytes")]
    [InlineData("echo canary >&2; exit 3", "ended with code 3 (7 bytes on its standard error are not shown")]
    [InlineData("echo canary", "gave something that is no JSON")]
    [InlineData("echo '[]'", "gave no ExecCredential")]
    [InlineData("""echo '{"apiVersion":"canary","kind":"ExecCredential","status":{"token":"canary"}}'""", "did not answer in client.authentication.k8s.io/v1")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"}'""", "without status")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}'""", "neither a token nor a client certificate")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientKeyData":"canary"}}'""", "only one of")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"canary","expirationTimestamp":"canary"}}'""", "expirationTimestamp that is no time")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"\ud800canary"}}'""", "gave something that is no JSON")]
    [InlineData("head -c 2000000 /dev/zero", "wrote more than 1 MiB")]
    public async Task Run_ThatFails_IsToldWithItsHintAndWithoutWhatItWrote(string script, string what)
    {
        var message = (await Should.ThrowAsync<KubeconfigException>(BuildAsync(script, "\n      installHint: 'Get it from\n        example.com'"))).ToString();

        message.ShouldContain($"user 'u1': the exec plugin '{Path.Combine(_folder.FullName, "./plugin")}' ");
        message.ShouldContain(what);
        message.ShouldContain("Its kubeconfig advises: Get it from example.com");
        message.ShouldNotContain("canary");
    }

    [Theory]
    [InlineData("./nowhere", "cannot be started")]
    [InlineData("mesh-no-such-plugin", "is not on the PATH")]
    public async Task Run_PluginThatIsMissing_IsToldWithItsHint(string command, string what)
    {
        var message = (await Should.ThrowAsync<KubeconfigException>(BuildAsync("", "\n      installHint: get it", command: command))).Message;

        message.ShouldContain(what);
        message.ShouldContain("Its kubeconfig advises: get it");
    }

    [Fact]
    public async Task Run_CommandOfTheCurrentFolder_IsNotTakenForOneOfPath()
    {
        var name = $"mesh-plugin-{Guid.NewGuid():N}";
        var beside = PluginScript.Write(Path.Combine(AppContext.BaseDirectory, name), $"echo {Token}");
        try
        {
            (await Should.ThrowAsync<KubeconfigException>(BuildAsync("", command: name))).Message.ShouldContain("is not on the PATH");
        }
        finally
        {
            File.Delete(beside);
        }
    }

    [Theory]
    [InlineData("sleep 600")]
    [InlineData("sleep 600 & sleep 600")]
    [InlineData("cat; sleep 600")]
    [InlineData("exec >&- 2>&-; sleep 600")]
    public async Task Run_PluginThatHangs_IsEndedInTime(string script)
    {
        var running = BuildAsync($"echo $$ > \"$(dirname \"$0\")/pid.new\"; mv \"$(dirname \"$0\")/pid.new\" \"$(dirname \"$0\")/pid\"; {script}");
        await Until.TrueAsync(() => File.Exists(Path.Combine(_folder.FullName, "pid")));
        running.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(31));
        var message = (await Should.ThrowAsync<KubeconfigException>(running)).Message;

        message.ShouldContain("gave no credential within 30 s");
        var id = int.Parse(await ReadAsync("pid"), System.Globalization.CultureInfo.InvariantCulture);
        await Until.TrueAsync(() => HasEnded(id));
    }

    [Fact]
    public async Task Run_PluginThatWarns_IsNoFailure()
    {
        var settings = await BuildAsync($"head -c 300000 /dev/zero >&2; echo {Token}");

        settings.Configuration.AccessToken.ShouldBe("sesame");
    }

    [Fact]
    public async Task Run_Cancelled_EndsThePlugin()
    {
        using var stop = new CancellationTokenSource();
        var running = BuildAsync("echo $$ > \"$(dirname \"$0\")/pid.new\"; mv \"$(dirname \"$0\")/pid.new\" \"$(dirname \"$0\")/pid\"; sleep 600", cancellationToken: stop.Token);
        await Until.TrueAsync(() => File.Exists(Path.Combine(_folder.FullName, "pid")));

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(running);
        var id = int.Parse(await ReadAsync("pid"), System.Globalization.CultureInfo.InvariantCulture);
        await Until.TrueAsync(() => HasEnded(id));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static bool HasEnded(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return process.HasExited;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private Task<string> ReadAsync(string name) => File.ReadAllTextAsync(Path.Combine(_folder.FullName, name), TestContext.Current.CancellationToken);

    private Task<ConnectionSettings> BuildAsync(
        string script, string fields = "", string command = "./plugin", string version = "v1", string cluster = "", CancellationToken? cancellationToken = null)
    {
        PluginScript.Write(Path.Combine(_folder.FullName, "plugin"), script);
        var path = Path.Combine(_folder.FullName, "kubeconfig");
        File.WriteAllText(
            path,
            $$"""
            current-context: one
            contexts:
            - name: one
              context: { cluster: c1, user: u1 }
            clusters:
            - name: c1
              cluster: { server: 'https://one.example:6443'{{cluster}} }
            users:
            - name: u1
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/{{version}}
                  command: {{command}}
            """ + fields + "\n");
        return Kubeconfig.Read([path], null, new FileReadings()).BuildAsync(TimeSpan.FromSeconds(30), _time, cancellationToken ?? TestContext.Current.CancellationToken);
    }
}
