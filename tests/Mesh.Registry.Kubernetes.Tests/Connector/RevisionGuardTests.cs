using System.Text;
using Mesh.Watch;

namespace Mesh.Connector;

public sealed class RevisionGuardTests
{
    private const string Resume = "api/v1/services?watch=true&allowWatchBookmarks=true&resourceVersion=120&timeoutSeconds=300&labelSelector=team%3Da";

    private readonly AnsweringTransport _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_Resumed_TheServerIsAskedHowFarItIs()
    {
        _server.Version = "120";

        await (await new RevisionGuard(_server, 1024).GetAsync(Resume, "application/json", Token)).DisposeAsync();

        _server.Asked.ShouldBe(["api/v1/services?limit=1&labelSelector=team%3Da", Resume]);
    }

    [Fact]
    public async Task Watch_AfterAList_IsOpenedAtOnceAndLaterAskedFor()
    {
        _server.Version = "120";
        var guard = new RevisionGuard(_server, 1024);

        foreach (var request in new[] { "api/v1/services?limit=500&resourceVersion=0", Resume, Resume }) await (await guard.GetAsync(request, "application/json", Token)).DisposeAsync();

        _server.Asked.Count.ShouldBe(4);
        _server.Asked[1].ShouldBe(Resume);
        _server.Asked[2].ShouldContain("limit=1");
    }

    [Fact]
    public async Task Server_IsAtAnOlderVersion_TheWatchIsNotOpened()
    {
        _server.Version = "99";

        var refused = await Should.ThrowAsync<WatchTransportException>(() => new RevisionGuard(_server, 1024).GetAsync(Resume, "application/json", Token));

        refused.Kind.ShouldBe(WatchFailureKind.TooLarge);
        refused.Message.ShouldContain("version 99");
        _server.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Question_IsNotAllowed_TheWatchIsTriedAllTheSame()
    {
        _server.ListStatus = 403;

        await using var answer = await new RevisionGuard(_server, 1024).GetAsync(Resume, "application/json", Token);

        answer.StatusCode.ShouldBe(200);
        _server.Asked.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Question_IsRefused_TheRefusalHoldsForTheWatch(int status)
    {
        _server.ListStatus = status;

        await using var answer = await new RevisionGuard(_server, 1024).GetAsync(Resume, "application/json", Token);

        answer.StatusCode.ShouldBe(status);
        _server.Asked.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("99", "120", true)]
    [InlineData("119", "120", true)]
    [InlineData("120", "120", false)]
    [InlineData("1000", "999", false)]
    [InlineData("0", "999", false)]
    [InlineData("", "999", false)]
    [InlineData("abc", "999", false)]
    [InlineData("99", "9f9", false)]
    public void IsOlder_ComparesNumbersOnly(string version, string other, bool expected) => RevisionGuard.IsOlder(version, other).ShouldBe(expected);

    private sealed class AnsweringTransport : IWatchTransport
    {
        public List<string> Asked { get; } = [];

        public string Version { get; set; } = "";

        public int ListStatus { get; set; } = 200;

        public Task<TransportResponse> GetAsync(string pathAndQuery, string accept, CancellationToken cancellationToken)
        {
            Asked.Add(pathAndQuery);
            var isWatch = pathAndQuery.Contains("watch=true", StringComparison.Ordinal);
            var body = isWatch ? "" : $$$"""{"metadata":{"resourceVersion":"{{{Version}}}"},"items":[{"metadata":{"name":"a"}}]}""";
            return Task.FromResult(new TransportResponse(isWatch ? 200 : ListStatus, null, new MemoryStream(Encoding.UTF8.GetBytes(body))));
        }

        public Task RenewCredentialsAsync(TransportResponse refused, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
