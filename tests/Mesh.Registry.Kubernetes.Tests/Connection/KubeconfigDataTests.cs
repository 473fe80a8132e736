namespace Mesh.Connection;

/// <summary>A kubeconfig that came as data asks for nothing of this machine unless it may.</summary>
public sealed class KubeconfigDataTests : IDisposable
{
    private const string Exec = "exec: { apiVersion: client.authentication.k8s.io/v1, command: sh, args: [ '-c', 'touch RAN' ] }";
    private const string Oidc = "auth-provider: { name: oidc, config: { id-token: sesame } }";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-data-");

    [Theory]
    [InlineData("user", Exec, "exec", KubeconfigFeatures.ExecPlugins)]
    [InlineData("user", Oidc, "auth-provider", KubeconfigFeatures.AuthProviders)]
    [InlineData("user", "tokenFile: /FILE", "tokenFile", KubeconfigFeatures.Files)]
    [InlineData("user", "client-certificate: /FILE|client-key: /FILE", "client-certificate", KubeconfigFeatures.Files)]
    [InlineData("user", "client-certificate: /FILE|client-key: /FILE", "client-key", KubeconfigFeatures.Files)]
    [InlineData("cluster", "certificate-authority: /FILE", "certificate-authority", KubeconfigFeatures.Files)]
    [InlineData("cluster", "proxy-url: 'http://me:sesame@proxy:3128'", "proxy-url", KubeconfigFeatures.Proxy)]
    [InlineData("cluster", "insecure-skip-tls-verify: true", "insecure-skip-tls-verify", KubeconfigFeatures.InsecureTls)]
    public void Check_FieldThatActsOnTheMachine_IsRefusedByNameUnlessAllowed(string where, string fields, string field, KubeconfigFeatures feature)
    {
        var text = Text(where, fields.Replace('|', '\n'));

        var errors = Check(text, ~feature);

        var error = errors.First(e => e.Contains($"'{field}'", StringComparison.Ordinal));
        error.ShouldStartWith("the kubeconfig given as data: ");
        error.ShouldContain($"is not accepted in a kubeconfig given as data");
        error.ShouldContain($"Allow {feature} with KubeconfigAllows");
        error.ShouldNotContain("sesame");
        Check(text, feature).ShouldNotContain(static e => e.Contains("not accepted", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sequences", "nested deeper than 64 levels")]
    [InlineData("mappings", "nested deeper than 64 levels")]
    [InlineData("blocks", "nested deeper than 64 levels")]
    [InlineData("keys", "nested deeper than 64 levels")]
    [InlineData("aliases", "has more than 1000000 values")]
    [InlineData("keys of aliases", "has more than 1000000 values")]
    [InlineData("chain", "nested deeper than 64 levels")]
    [InlineData("itself", "the alias in line 1 stands for nothing")]
    [InlineData("itself again", "the alias in line 3 stands for nothing")]
    [InlineData("later", "the alias in line 2 stands for nothing")]
    public void Check_TextMadeToExhaustItsReader_IsRefused(string kind, string reason)
    {
        const int Depth = 100_000;
        var text = kind switch
        {
            "sequences" => "extensions: " + new string('[', Depth) + new string(']', Depth),
            "mappings" => "extensions: " + string.Concat(Enumerable.Repeat("{a: ", Depth)) + new string('}', Depth),
            "blocks" => "extensions: \n" + string.Concat(Enumerable.Repeat("- ", Depth)) + "a",
            "keys" => string.Concat(Enumerable.Repeat("? ", Depth)) + "a",
            "aliases" => Doubled(""),
            "keys of aliases" => Doubled("- { ? *a40 : x }\n"),
            "chain" => "extensions:\n- &a0 [x]\n" + string.Concat(Enumerable.Range(1, 1_000).Select(static i => $"- &a{i} [*a{i - 1}]\n")),
            "itself again" => "extensions:\n- &a x\n- &a [*a]",
            "later" => "extensions:\n- *a\n- &a x",
            _ => "extensions: &a [*a]",
        };

        Should.Throw<KubeconfigException>(() => Check(text, KubeconfigFeatures.None)).Message.ShouldContain(reason);

        static string Doubled(string end) => "extensions:\n- &a0 [x, x]\n" + string.Concat(Enumerable.Range(1, 40).Select(static i => $"- &a{i} [*a{i - 1}, *a{i - 1}]\n")) + end;
    }

    [Fact]
    public async Task Build_TokenByAnAlias_IsTaken()
    {
        var text = "preferences: { colour: &token sesame }\n" + Text("user", "token: *token");

        (await BuildAsync(text, KubeconfigFeatures.None)).Configuration.AccessToken.ShouldBe("sesame");
    }

    [Fact]
    public async Task Open_WithAPluginThatIsNotAllowed_DoesNotRunIt()
    {
        var ran = Path.Combine(_folder.FullName, "ran");
        var options = new KubernetesClusterOptions { Kubeconfig = new KubeconfigData(Text("user", Exec.Replace("RAN", ran, StringComparison.Ordinal))) };

        (await Should.ThrowAsync<KubeconfigException>(new ConfiguredConnection(options, TimeProvider.System).OpenAsync(TestContext.Current.CancellationToken))).Message.ShouldContain("'exec'");

        File.Exists(ran).ShouldBeFalse();
    }

    [Fact]
    public void Check_RelativePath_CountsFromNowhere()
    {
        var errors = Check(Text("cluster", "certificate-authority: ca.crt"), KubeconfigFeatures.Files);

        errors.ShouldHaveSingleItem().ShouldContain("certificate-authority is a relative path");
    }

    [Theory]
    [InlineData("tokenFile: token", "tokenFile is a relative path")]
    [InlineData("exec: { apiVersion: client.authentication.k8s.io/v1, command: ./plugin }", "exec.command is a relative path")]
    public async Task Build_RelativePathOfAUser_CountsFromNowhere(string fields, string error) =>
        (await Should.ThrowAsync<KubeconfigException>(BuildAsync(Text("user", fields), (KubeconfigFeatures)31))).Message.ShouldContain(error);

    [Fact]
    public async Task Build_CredentialsInTheText_NeedNoPermission()
    {
        var settings = await BuildAsync(Text("user", "token: sesame"), KubeconfigFeatures.None);

        settings.Configuration.AccessToken.ShouldBe("sesame");
        settings.ToString().ShouldNotContain("sesame");
    }

    [Fact]
    public void ToString_OfAnything_ShowsNoContent()
    {
        var data = new KubeconfigData("sesame");

        data.ToString().ShouldNotContain("sesame");
        new KubernetesClusterOptions { Kubeconfig = data }.ToString()!.ShouldNotContain("sesame");
        $"{data.Text}".ShouldBe("sesame");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static List<string> Check(string text, KubeconfigFeatures allowed) => Kubeconfig.Parse(text, allowed, null, new FileReadings()).Check();

    private static Task<ConnectionSettings> BuildAsync(string text, KubeconfigFeatures allowed) =>
        Kubeconfig.Parse(text, allowed, null, new FileReadings()).BuildAsync(TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);

    private static string Text(string where, string fields) => $$"""
        current-context: one
        contexts:
        - name: one
          context: { cluster: c1, user: u1 }
        clusters:
        - name: c1
          cluster:
            server: https://one.example:6443
            {{(where == "cluster" ? fields : "disable-compression: false")}}
        users:
        - name: u1
          user:
            {{(where == "user" ? fields.Replace("\n", "\n    ", StringComparison.Ordinal) : "token: sesame")}}
        """;
}
