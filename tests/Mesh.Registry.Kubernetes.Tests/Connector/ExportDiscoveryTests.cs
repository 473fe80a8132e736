using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>In which version ServiceExports are served, as servers, proxies and accidents answer.</summary>
public sealed class ExportDiscoveryTests
{
    private const string Groups = """{"kind":"APIGroupList","groups":[{"name":"apps","versions":[{"version":"v1"}]},{"name":"multicluster.x-k8s.io","versions":[VERSIONS]}]}""";
    private const string Both = """{"groupVersion":"multicluster.x-k8s.io/v1alpha1","version":"v1alpha1"},{"groupVersion":"multicluster.x-k8s.io/v1beta1","version":"v1beta1"}""";
    private const string Exports = """{"kind":"APIResourceList","resources":[{"name":"serviceimports"},{"name":"serviceexports"},{"name":"serviceexports/status"}]}""";

    private readonly ScriptedTransport _transport = new();

    [Fact]
    public async Task Versions_Both_TheNewerIsTaken()
    {
        _transport.Answer(200, Groups.Replace("VERSIONS", Both, StringComparison.Ordinal)).Answer(200, Exports);

        (await AskAsync()).ShouldBe(new ExportApi.Served("v1beta1"));
        _transport.Requests.ShouldBe(["apis", "apis/multicluster.x-k8s.io/v1beta1"]);
    }

    [Fact]
    public async Task Versions_TheNewerHasImportsAlone_TheOlderIsTaken()
    {
        _transport.Answer(200, Groups.Replace("VERSIONS", Both, StringComparison.Ordinal)).Answer(200, """{"resources":[{"name":"serviceimports"}]}""").Answer(200, Exports);

        (await AskAsync()).ShouldBe(new ExportApi.Served("v1alpha1"));
    }

    [Theory]
    [InlineData("""{"version":"v2"}""")]
    [InlineData("")]
    public async Task Versions_NoneThatIsUnderstood_IsAbsent(string versions)
    {
        _transport.Answer(200, Groups.Replace("VERSIONS", versions, StringComparison.Ordinal));

        (await AskAsync()).ShouldBeOfType<ExportApi.Absent>();
    }

    [Theory]
    [InlineData(404, "404 page not found", WatchFailureKind.Status)]
    [InlineData(200, "<html>Welcome</html>", WatchFailureKind.Malformed)]
    [InlineData(200, """{"kind":"Status"}""", WatchFailureKind.Malformed)]
    [InlineData(200, """{"groups":[{"name":"\ud800"}]}""", WatchFailureKind.Malformed)]
    [InlineData(403, """{"kind":"Status","code":403,"reason":"Forbidden"}""", WatchFailureKind.Forbidden)]
    [InlineData(503, "", WatchFailureKind.Status)]
    public async Task Answer_OfSomebodyElse_IsNotTheWordThatThereAreNone(int status, string body, object kind)
    {
        _transport.Answer(status, body);

        (await AskAsync()).ShouldBeOfType<ExportApi.Unknown>().Failure.Kind.ShouldBe((WatchFailureKind)kind);
    }

    [Fact]
    public async Task Credentials_Refused_AreReadAgainOnce()
    {
        _transport.Answer(401, "").Answer(200, """{"groups":[]}""");

        (await AskAsync()).ShouldBeOfType<ExportApi.Absent>();
        _transport.Renewals.ShouldBe(1);
    }

    [Fact]
    public async Task Server_NotReached_IsUnknown()
    {
        _transport.Fail(new WatchTransportException(WatchFailureKind.Unreachable, "connection refused"));

        (await AskAsync()).ShouldBeOfType<ExportApi.Unknown>().Failure.Message.ShouldBe("connection refused");
    }

    private Task<ExportApi> AskAsync() => new ExportDiscovery(_transport, WatchTimings.Default, TimeProvider.System).AskAsync(TestContext.Current.CancellationToken);
}
