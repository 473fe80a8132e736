using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connection;

public sealed class KubeconfigTests : IDisposable
{
    private const string Whole = """
        apiVersion: v1
        kind: Config
        current-context: one
        contexts:
        - name: one
          context: { cluster: c1, user: u1 }
        - name: two
          context: { cluster: c2, user: u1 }
        clusters:
        - name: c1
          cluster:
            server: https://one.example:6443
        - name: c2
          cluster:
            server: https://two.example:6443
        users:
        - name: u1
          user:
            token: sesame
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-kubeconfig-");
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Build_CurrentContext_LeadsToItsCluster() =>
        (await BuildAsync(Read(Whole))).Configuration.Host.ShouldStartWith("https://one.example:6443");

    [Fact]
    public async Task Build_NamedContext_LeadsToItsCluster() =>
        (await BuildAsync(Read(Whole, "two"))).Configuration.Host.ShouldStartWith("https://two.example:6443");

    [Fact]
    public void Check_ContextThatIsNotThere_NamesThoseThatAre() =>
        Read(Whole, "three").Check().Single().ShouldContain("no context 'three'. Known: one, two.");

    [Theory]
    [InlineData("    token: sesame", "    token: sesame\n    as-groups: [ a ]", "need the user they belong to; set as")]
    [InlineData("    token: sesame", "    token: sesame\n    as: a\n    as-groups: [ b, c ]", "as-groups with more than one group is not supported")]
    [InlineData("    token: sesame", "    token: sesame\n    as: a\n    as-user-extra: { d: [ b, c ] }", "as-user-extra with more than one value of 'd' is not supported")]
    [InlineData("    token: sesame", "    token: sesame\n    as-uid: a", "need the user they belong to; set as")]
    [InlineData("    token: sesame", "    token: sesame\n    as-user-extra: { a: [ b ] }", "need the user they belong to; set as")]
    [InlineData("    token: sesame", "    token: sesame\n    novelty: 7", "field 'novelty' is not supported")]
    [InlineData("one.example:6443", "one.example:6443\n    proxy-url: 'ftp://sesame@proxy'", "proxy-url is no address of a proxy")]
    [InlineData("one.example:6443", "one.example:6443\n    proxy: http://proxy", "cluster 'c1': field 'proxy' is not supported")]
    [InlineData("cluster: c1, user: u1", "cluster: c1, user: u1, users: u2", "context 'one': field 'users' is not supported")]
    [InlineData("kind: Config", "kind: Config\ncurrent_context: two", "kubeconfig: field 'current_context' is not supported")]
    [InlineData("    token: sesame", "    token: sesame\n    client-certificate-data: YQ==", "client-certificate and client-key belong together")]
    [InlineData("    token: sesame", "    auth-provider: { name: gcp, config: { access-token: sesame } }", "auth-provider 'gcp' is not supported")]
    [InlineData("    token: sesame", "    exec: { apiVersion: client.authentication.k8s.io/v1alpha1, command: get-token }", "exec.apiVersion 'client.authentication.k8s.io/v1alpha1' is not supported")]
    [InlineData("    token: sesame", "    exec: { apiVersion: client.authentication.k8s.io/v1, args: [ a ] }", "exec.command is missing")]
    [InlineData("    token: sesame", "    exec: { apiVersion: client.authentication.k8s.io/v1, command: get-token, env: [ { value: sesame } ] }", "exec.env has an entry without a name")]
    [InlineData("    token: sesame", "    exec: { apiVersion: client.authentication.k8s.io/v1, command: get-token, environment: [] }", "exec: field 'environment' is not supported")]
    [InlineData("https://one.example:6443", "ftp://one.example", "is no http or https address")]
    [InlineData("https://one.example:6443", "https://me:sesame@one.example", "must not hold a user or password")]
    [InlineData("    token: sesame", "    exec: { apiVersion: client.authentication.k8s.io/v1, command: get-token, interactiveMode: Always }", "interactiveMode Always is not supported")]
    public void Check_FieldThatWouldBeIgnored_IsRefusedByName(string old, string replacement, string error)
    {
        var errors = Read(Whole.Replace(old, replacement, StringComparison.Ordinal)).Check();

        errors.ShouldHaveSingleItem().ShouldContain(error);
        errors[0].ShouldNotContain("sesame");
    }

    [Fact]
    public void Check_FieldOfAnotherUserOrCluster_IsNoneOfOurs() =>
        Read(Whole.Replace("two.example:6443", "two.example:6443\n    proxy-url: http://proxy", StringComparison.Ordinal)).Check().ShouldBeEmpty();

    [Fact]
    public async Task Read_SeveralFiles_FirstWinsAndPathsCountFromEachFile()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "sub"));
        var first = Write("first", "apiVersion: v1\nkind: Config\ncurrent-context: two\nclusters:\n- name: c2\n  cluster: { server: https://first.example }\n");
        var second = Write("sub/second", Whole.Replace("token: sesame", "tokenFile: token", StringComparison.Ordinal));
        Write("sub/token", "from-file\n");

        var built = (await BuildAsync(Kubeconfig.Read([first, second], null, new FileReadings()))).Configuration;

        built.Host.ShouldStartWith("https://first.example");
        built.AccessToken.ShouldBe("from-file");
    }

    [Fact]
    public async Task Build_ExecPlugin_GetsItsArgumentsAsTheyAre()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The plugin is a shell script.");
        var script = Write("plugin", "#!/bin/sh\nprintf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s-%s\"}}' \"$#\" \"$2\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var exec = "exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: ./plugin\n      args: [ 'a b', 'c d' ]\n      interactiveMode: Never";

        var built = (await BuildAsync(Read(Whole.Replace("token: sesame", exec, StringComparison.Ordinal)))).Configuration;

        built.AccessToken.ShouldBe("2-c d");
    }

    [Theory]
    [InlineData("[unclosed", "it is not YAML|it is no kubeconfig")]
    [InlineData("just text", "it is no kubeconfig")]
    [InlineData("users:\n- name: a\n  user:\n    token: [ sesame\ncontexts: []\n", "it is not YAML|it is no kubeconfig")]
    [InlineData("", "it is empty")]
    [InlineData("clusters: 5", "clusters is no list")]
    [InlineData("users: [ sesame ]", "users: an entry is no object")]
    [InlineData("contexts: [ { name: a, context: b } ]", "context is no object")]
    [InlineData("clusters: [ { name: a, cluster: { server: [ b ] } } ]", "server is no text")]
    [InlineData("clusters: [ { name: a, cluster: { insecure-skip-tls-verify: perhaps } } ]", "insecure-skip-tls-verify is neither true nor false")]
    public void Read_NoKubeconfig_SaysSo(string text, string reasons)
    {
        var message = Should.Throw<KubeconfigException>(() => Read(text).Check()).Message;

        reasons.Split('|').ShouldContain(r => message.Contains(r, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Build_BrokenCertificate_DoesNotShowIt()
    {
        var text = Whole.Replace("one.example:6443", "one.example:6443\n    certificate-authority-data: c2VzYW1lLW9wZW4=", StringComparison.Ordinal);

        var message = (await Should.ThrowAsync<KubeconfigException>(() => BuildAsync(Read(text)))).Message;

        message.ShouldNotContain("sesame");
        message.ShouldNotContain("c2VzYW1l");
    }

    [Fact]
    public async Task Read_ListsThatAreNull_CountAsEmpty()
    {
        var first = Write("first", "apiVersion: v1\nkind: Config\ncurrent-context: one\nclusters: null\ncontexts: null\nusers:\n- \n");
        var second = Write("second", Whole);

        (await BuildAsync(Kubeconfig.Read([first, second], null, new FileReadings()))).Configuration.Host.ShouldStartWith("https://one.example:6443");
        Kubeconfig.Read([first], null, new FileReadings()).Check().Single().ShouldContain("has no context 'one'");
    }

    [Fact]
    public async Task Build_NameInTwoFiles_TakesTheWholeEntryOfTheFirst()
    {
        var first = Write("first", Whole);
        var second = Write("second", Whole.Replace("token: sesame", "tokenFile: token\n    as: root", StringComparison.Ordinal).Replace("one.example:6443", "one.example:6443\n    proxy-url: http://proxy", StringComparison.Ordinal));
        Write("token", "of-the-second");

        var kubeconfig = Kubeconfig.Read([first, second], null, new FileReadings());

        kubeconfig.Check().ShouldBeEmpty();
        var built = (await BuildAsync(kubeconfig)).Configuration;
        built.AccessToken.ShouldBe("sesame");
    }

    [Theory]
    [InlineData("certificate-authority: nowhere.crt", "certificate-authority: ", "nowhere.crt: no such file")]
    [InlineData("certificate-authority: kubeconfig", "certificate-authority: ", "kubeconfig: no certificate is in it")]
    [InlineData("certificate-authority-data: '%%'", "certificate-authority-data: ", "no PEM text of certificates in base64")]
    [InlineData("certificate-authority-data: c2VzYW1lLW9wZW4=", "certificate-authority-data: ", "no certificate is in it")]
    public void Check_AuthorityThatCannotBeRead_IsNamedBeforeAnyConnection(string field, string name, string reason)
    {
        var error = Read(Whole.Replace("one.example:6443", $"one.example:6443\n    {field}", StringComparison.Ordinal)).Check().ShouldHaveSingleItem();

        error.ShouldContain("cluster 'c1': " + name);
        error.ShouldContain(reason);
    }

    [Fact]
    public void Check_UserThatIsNotThere_IsNamed() =>
        Read(Whole.Replace("user: u1 }", "user: u9 }", StringComparison.Ordinal)).Check().ShouldHaveSingleItem().ShouldContain("context 'one' names user 'u9', which is not there");

    [Theory]
    [InlineData("echo canary-out; exit 3")]
    [InlineData("echo canary-err >&2; exit 3")]
    [InlineData("echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":canary}}'")]
    [InlineData("echo '{\"apiVersion\":\"v7\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"canary\"}}'")]
    public async Task Build_ExecPluginThatFails_IsNamedWithoutWhatItSaid(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The plugin is a shell script.");
        var path = Write("plugin", $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        const string Exec = "exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: ./plugin\n      interactiveMode: Never";

        var message = (await Should.ThrowAsync<KubeconfigException>(() => BuildAsync(Read(Whole.Replace("token: sesame", Exec, StringComparison.Ordinal))))).Message;

        message.ShouldContain("plugin");
        message.ShouldNotContain("canary");
        message.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("exec: { apiVersion: client.authentication.k8s.io/v1, command: mesh-no-such-plugin, interactiveMode: Never }", "mesh-no-such-plugin")]
    [InlineData("auth-provider: { name: gcp, config: { access-token: canary } }", "auth-provider")]
    [InlineData("auth-provider: { name: oidc, config: { id-token: canary, refresh-token: canary } }", "u1")]
    [InlineData("client-certificate-data: Y2FuYXJ5\n    client-key-data: Y2FuYXJ5", "client-certificate")]
    [InlineData("client-certificate-data: '%canary%'\n    client-key-data: '%canary%'", "client-certificate")]
    [InlineData("client-certificate: nowhere.crt\n    client-key: nowhere.key", "client-certificate")]
    public async Task Open_CredentialsThatCannotBeUsed_AreNamedWithoutTheirContent(string credentials, string named)
    {
        var path = Write("kubeconfig", Whole.Replace("token: sesame", credentials, StringComparison.Ordinal));
        var connection = new ConfiguredConnection(new KubernetesClusterOptions { KubeconfigPath = path }, _time);

        var message = (await Should.ThrowAsync<KubeconfigException>(connection.OpenAsync(TestContext.Current.CancellationToken))).Message;

        message.ShouldContain(named);
        message.ShouldNotContain("canary");
        message.ShouldNotContain("Y2FuYXJ5");
        message.ShouldNotContain("   at ");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Kubeconfig Read(string text, string? context = null) => Kubeconfig.Read([Write("kubeconfig", text)], context, new FileReadings());

    private Task<ConnectionSettings> BuildAsync(Kubeconfig kubeconfig) => kubeconfig.BuildAsync(TimeSpan.FromMinutes(1), _time, TestContext.Current.CancellationToken);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
