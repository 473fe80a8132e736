using Mesh.Backends;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Requests;

/// <summary>The time of a request runs out while its caller's own body is waited for, or before anything is sent: no endpoint is to blame.</summary>
public class LateBodyTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Send_CallersBodyIsLate_EndsInTimeAndBlamesNobody(int version)
    {
        await using var near = await Backend.StartAsync(
            static context => context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted), version == 2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await using var mesh = await StartAsync(near);
        var never = new EndlessStream();
        using var request = new HttpRequestMessage(HttpMethod.Put, "http://orders.sales/")
        {
            Version = new Version(version, version == 2 ? 0 : 1),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StreamContent(never),
        };
        request.Content.Headers.ContentLength = null;

        var sending = mesh.Client().SendAsync(request, Stop);
        await never.IsRead.WaitAsync(Eventually.Bound, Stop);
        _clock.Advance(TimeSpan.FromSeconds(5));

        (await Should.ThrowAsync<MeshRoutingException>(sending.WaitAsync(Eventually.Bound, Stop))).Message.ShouldContain("Its own body had not come to its end");
        mesh.Explain(near.Port).Failures.ShouldBe(0);
        mesh.Explain(near.Port).Health.ShouldBe("healthy");
    }

    [Fact]
    public async Task Send_SmallBodyThatIsReadBeforeItIsSentNeverEnds_EndsInTime()
    {
        await using var near = await Backend.StartAsync();
        await using var mesh = await StartAsync(near);
        var never = new EndlessStream();
        using var body = new StreamContent(never);
        body.Headers.ContentLength = 100;

        var sending = mesh.Client().PutAsync("http://orders.sales/", body, Stop);
        await never.IsRead.WaitAsync(Eventually.Bound, Stop);
        _clock.Advance(TimeSpan.FromSeconds(5));

        (await Should.ThrowAsync<MeshRoutingException>(sending.WaitAsync(Eventually.Bound, Stop))).Message.ShouldBe(
            "The request to orders.sales was not sent: its own body did not come to its end within 5 s (Timeout). With MaxBufferedBody 0 a body is sent while it is read.");
        near.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Send_CallersDeadlineIsOverOnArrival_BlamesNobody()
    {
        await using var near = await Backend.StartAsync();
        await using var mesh = await StartAsync(near);
        (await mesh.Client().GetAsync("http://orders.sales/", Stop)).Dispose();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
        request.Headers.TryAddWithoutValidation("mesh-deadline", "0");

        (await Should.ThrowAsync<MeshRoutingException>(mesh.Client().SendAsync(request, Stop))).Message.ShouldContain("within 0 s (the deadline that the request brought along)");

        mesh.Explain(near.Port).Failures.ShouldBe(0);
        mesh.Explain(near.Port).Health.ShouldBe("healthy");
    }

    private Task<TestMesh> StartAsync(Backend near) => NearAndFar.StartAsync(near, null, _clock, static o =>
    {
        o.Policy.Timeout = TimeSpan.FromSeconds(5);
        o.Policy.ConsecutiveFailures = 1;
    });

    /// <summary>Has nothing to read, until it is told to stop.</summary>
    private sealed class EndlessStream : MemoryStream
    {
        private readonly TaskCompletionSource _isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsRead => _isRead.Task;

        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _isRead.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }
}
