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
    public void Build_CurrentContext_LeadsToItsCluster() =>
        Read(Whole).Build(_time).Configuration.Host.ShouldStartWith("https://one.example:6443");

    [Fact]
    public void Build_NamedContext_LeadsToItsCluster() =>
        Read(Whole, "two").Build(_time).Configuration.Host.ShouldStartWith("https://two.example:6443");

    [Fact]
    public void Check_ContextThatIsNotThere_NamesThoseThatAre() =>
        Read(Whole, "three").Check().Single().ShouldContain("no context 'three'. Known: one, two.");

    [Theory]
    [InlineData("    token: sesame", "    token: sesame\n    as: root", "field 'as' is not supported")]
    [InlineData("    token: sesame", "    token: sesame\n    as-groups: [ a ]", "field 'as-groups' is not supported")]
    [InlineData("    token: sesame", "    token: sesame\n    novelty: 7", "field 'novelty' is not supported")]
    [InlineData("one.example:6443", "one.example:6443\n    proxy-url: http://proxy", "field 'proxy-url' is not supported. Reach the API server directly")]
    [InlineData("https://one.example:6443", "ftp://one.example", "is no http or https address")]
    [InlineData("https://one.example:6443", "https://me:sesame@one.example", "must not hold a user or password")]
    [InlineData("    token: sesame", "    exec: { apiVersion: client.authentication.k8s.io/v1, command: get-token, provideClusterInfo: true }", "provideClusterInfo is not supported")]
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
    public void Read_SeveralFiles_FirstWinsAndPathsCountFromEachFile()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "sub"));
        var first = Write("first", "apiVersion: v1\nkind: Config\ncurrent-context: two\nclusters:\n- name: c2\n  cluster: { server: https://first.example }\n");
        var second = Write("sub/second", Whole.Replace("token: sesame", "tokenFile: token", StringComparison.Ordinal));
        Write("sub/token", "from-file\n");

        var built = Kubeconfig.Read([first, second], null).Build(_time).Configuration;

        built.Host.ShouldStartWith("https://first.example");
        built.TokenProvider.ShouldBeOfType<TokenFile>();
    }

    [Fact]
    public async Task TokenFile_Renewed_IsReadAgainAfterAMinuteAndKeptWhenUnreadable()
    {
        var path = Write("token", "one\n");
        var file = new TokenFile(path, _time);
        (await Token()).ShouldBe("one");

        await File.WriteAllTextAsync(path, "two", TestContext.Current.CancellationToken);
        (await Token()).ShouldBe("one");
        _time.Advance(TimeSpan.FromMinutes(1));
        (await Token()).ShouldBe("two");
        File.Delete(path);
        _time.Advance(TimeSpan.FromMinutes(1));
        (await Token()).ShouldBe("two");

        async Task<string?> Token() => (await file.GetAuthenticationHeaderAsync(TestContext.Current.CancellationToken)).Parameter;
    }

    [Fact]
    public void Build_ExecPlugin_GetsItsArgumentsAsTheyAre()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The plugin is a shell script.");
        var script = Write("plugin", "#!/bin/sh\nprintf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s-%s\"}}' \"$#\" \"$2\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var exec = "exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: ./plugin\n      args: [ 'a b', 'c d' ]\n      interactiveMode: Never";

        var built = Read(Whole.Replace("token: sesame", exec, StringComparison.Ordinal)).Build(_time).Configuration;

        built.AccessToken.ShouldBe("2-c d");
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "\"\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("a\"b", "\"a\\\"b\"")]
    [InlineData("a b\\", "\"a b\\\\\"")]
    public void ExecArguments_Quoted_StayOne(string argument, string quoted) => ExecArguments.Quote(argument).ShouldBe(quoted);

    [Theory]
    [InlineData("[unclosed", "it is not YAML|it is no kubeconfig")]
    [InlineData("just text", "it is no kubeconfig")]
    [InlineData("", "it is empty")]
    public void Read_NoKubeconfig_SaysSo(string text, string reasons)
    {
        var message = Should.Throw<KubeconfigException>(() => Read(text).Check()).Message;

        reasons.Split('|').ShouldContain(r => message.Contains(r, StringComparison.Ordinal));
    }

    [Fact]
    public void Build_BrokenCertificate_DoesNotShowIt()
    {
        var text = Whole.Replace("one.example:6443", "one.example:6443\n    certificate-authority-data: c2VzYW1lLW9wZW4=", StringComparison.Ordinal);

        var message = Should.Throw<KubeconfigException>(() => Read(text).Build(_time)).Message;

        message.ShouldNotContain("sesame");
        message.ShouldNotContain("c2VzYW1l");
    }

    [Fact]
    public void Read_ListsThatAreNull_CountAsEmpty()
    {
        var first = Write("first", "apiVersion: v1\nkind: Config\ncurrent-context: one\nclusters: null\ncontexts: null\nusers:\n- \n");
        var second = Write("second", Whole);

        Kubeconfig.Read([first, second], null).Build(_time).Configuration.Host.ShouldStartWith("https://one.example:6443");
        Kubeconfig.Read([first], null).Check().Single().ShouldContain("has no context 'one'");
    }

    [Fact]
    public async Task Build_NameInTwoFiles_TakesTheWholeEntryOfTheFirst()
    {
        var first = Write("first", Whole);
        var second = Write("second", Whole.Replace("token: sesame", "tokenFile: token\n    as: root", StringComparison.Ordinal).Replace("one.example:6443", "one.example:6443\n    proxy-url: http://proxy", StringComparison.Ordinal));
        Write("token", "of-the-second");

        var kubeconfig = Kubeconfig.Read([first, second], null);

        kubeconfig.Check().ShouldBeEmpty();
        var built = kubeconfig.Build(_time).Configuration;
        built.AccessToken.ShouldBe("sesame");
        if (built.TokenProvider is { } provider) (await provider.GetAuthenticationHeaderAsync(TestContext.Current.CancellationToken)).Parameter.ShouldBe("sesame");
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
    public void Build_ExecPluginThatFails_IsNamedWithoutWhatItSaid(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The plugin is a shell script.");
        var path = Write("plugin", $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        const string Exec = "exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: ./plugin\n      interactiveMode: Never";

        var message = Should.Throw<KubeconfigException>(() => Read(Whole.Replace("token: sesame", Exec, StringComparison.Ordinal)).Build(_time)).Message;

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

    private Kubeconfig Read(string text, string? context = null) => Kubeconfig.Read([Write("kubeconfig", text)], context);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
