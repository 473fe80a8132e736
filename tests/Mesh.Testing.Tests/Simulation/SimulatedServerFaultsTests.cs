using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using Mesh.Contract;

namespace Mesh.Simulation;

public sealed class SimulatedServerFaultsTests : IAsyncLifetime
{
    private const string Watch = "/api/v1/services?watch=1&allowWatchBookmarks=true&resourceVersion=0";
    private readonly SimulatedKubernetesServer _server = new();
    private RawClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync(TestContext.Current.CancellationToken);
        _client = new RawClient(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Throttle_NextRequest_IsToldWhenToComeBack()
    {
        _server.Faults.Throttle(TimeSpan.FromSeconds(2));

        using var refused = await _client.OpenAsync("GET", "/api/v1/services");

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(2));
        (await _client.GetAsync("/api/v1/services")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task RefuseWatchStarts_NextWatch_Answers410()
    {
        _server.Faults.RefuseWatchStarts();

        (await _client.GetAsync(Watch)).Code.ShouldBe(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task Compact_OldVersion_IsAnErrorEventInsideA200()
    {
        _server.Faults.Compact();

        await using var watch = await _client.WatchAsync("/api/v1/services?watch=1&resourceVersion=1");
        var error = await watch.NextAsync();

        error!.Type.ShouldBe("ERROR");
        ((int)error.Object["code"]!).ShouldBe(410);
        ((string?)error.Object["reason"]).ShouldBe("Expired");
        (await watch.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task ExpireWatches_RunningWatch_GetsA410AndEnds()
    {
        await using var watch = await StartedAsync();

        _server.Faults.ExpireWatches("services");

        (await watch.NextAsync())!.Type.ShouldBe("ERROR");
        (await watch.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task SendBookmarks_RunningWatch_GetsTheNewestVersion()
    {
        await using var watch = await StartedAsync();
        var (_, made) = await _client.SendAsync("POST", "/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"}}""");

        _server.Faults.SendBookmarks();
        var bookmark = await watch.NextAsync();

        bookmark!.Type.ShouldBe("BOOKMARK");
        bookmark.ResourceVersion.ShouldBe((string?)made["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task CutWatches_RunningWatch_BreaksOff()
    {
        await using var watch = await StartedAsync();

        _server.Faults.CutWatches();

        (await Record.ExceptionAsync(watch.NextAsync)).ShouldBeAssignableTo<IOException>();
    }

    [Fact]
    public async Task EndWatches_RunningWatch_EndsCleanly()
    {
        await using var watch = await StartedAsync();

        _server.Faults.EndWatches();

        (await watch.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task SendRaw_RunningWatch_ReceivesGarbage()
    {
        await using var watch = await StartedAsync();

        _server.Faults.SendRaw("this is no JSON\n");

        (await Record.ExceptionAsync(watch.NextAsync)).ShouldBeAssignableTo<JsonException>();
    }

    [Fact]
    public async Task ExpireTokens_OldToken_Answers401UntilANewOneIsAsked()
    {
        _server.Faults.ExpireTokens();

        var (code, status) = await _client.GetAsync("/api/v1/services");
        code.ShouldBe(HttpStatusCode.Unauthorized);
        ((string?)status["message"]).ShouldBe("Unauthorized");
        using var renewed = new RawClient(_server);
        (await renewed.GetAsync("/api/v1/services")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task WatchList_Off_IsRefusedByField()
    {
        _server.Faults.WatchList = false;

        var (code, status) = await _client.GetAsync("/api/v1/services?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");

        ((int)code).ShouldBe(422);
        ((string?)status["details"]!["causes"]![0]!["field"]).ShouldBe("sendInitialEvents");
    }

    [Fact]
    public async Task ExpireContinueTokens_NextPage_Offers410WithAnInconsistentContinuation()
    {
        var (_, first) = await _client.GetAsync("/api/v1/namespaces?limit=1");
        _server.Faults.ExpireContinueTokens();

        var (code, status) = await _client.GetAsync($"/api/v1/namespaces?limit=10&continue={(string)first["metadata"]!["continue"]!}");
        var (_, rest) = await _client.GetAsync($"/api/v1/namespaces?limit=10&continue={(string)status["metadata"]!["continue"]!}");

        code.ShouldBe(HttpStatusCode.Gone);
        rest["items"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task ServeWrongHostCertificate_NewConnection_IsRefusedByTheClient()
    {
        _server.Faults.ServeWrongHostCertificate();
        using var client = new RawClient(_server);

        var refused = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/api/v1/services"));

        refused.InnerException.ShouldBeOfType<AuthenticationException>();
    }

    [Fact]
    public async Task Hang_Request_IsAnsweredAfterRelease()
    {
        _server.Faults.Hang();
        var held = _client.GetAsync("/api/v1/services");
        (await _client.GetAsync("/version")).Code.ShouldBe(HttpStatusCode.OK);
        held.IsCompleted.ShouldBeFalse();

        _server.Faults.Release();

        (await held).Code.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<RawWatch> StartedAsync()
    {
        var watch = await _client.WatchAsync(Watch);
        (await watch.NextAsync())!.Name.ShouldBe("kubernetes");
        return watch;
    }
}
