using Mesh.Backends;
using Mesh.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Requests;

/// <summary>The caller gives up: at once, and nobody is blamed.</summary>
public class CancellationTests
{
    [Fact]
    public async Task Cancel_WhileTheEndpointThinks_EndsAtOnceAndIsNoFailure()
    {
        await using var near = await Backend.HangingAsync();
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far);
        using var stop = new CancellationTokenSource();

        var sending = mesh.Client().GetAsync("http://orders.sales/", stop.Token);
        await Eventually.BecomesTrue(() => near.Count == 1, "the request arrives");
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(sending);
        ShouldBeBlameless(mesh, near.Port);
        far.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_AHandlerOutside_SeesTheTokenThatItGave(bool hasLimit)
    {
        await using var near = await Backend.HangingAsync();
        await using var mesh = await NearAndFar.StartAsync(near, null, options: o => o.Policy.TryTimeout = hasLimit ? TimeSpan.FromMinutes(1) : null);
        using var handler = new HttpMessageInvoker(mesh.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(), disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
        using var stop = new CancellationTokenSource();

        var sending = handler.SendAsync(request, stop.Token);
        await Eventually.BecomesTrue(() => near.Count == 1, "the request arrives");
        await stop.CancelAsync();

        (await Should.ThrowAsync<OperationCanceledException>(sending)).CancellationToken.ShouldBe(stop.Token);
    }

    [Fact]
    public async Task Cancel_WhileAConnectionIsMade_EndsAtOnceAndIsNoFailure()
    {
        var hole = new BlackHole();
        var dead = hole.Add(TestMesh.ClosedPort());
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync([dead], [far.Port], new FakeTimeProvider(), configure: hole.AddTo);
        using var stop = new CancellationTokenSource();

        var sending = mesh.Client().GetAsync("http://orders.sales/", stop.Token);
        await Eventually.BecomesTrue(() => hole[dead] == 1, "the endpoint is dialled");
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(sending);
        ShouldBeBlameless(mesh, dead);
        far.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Cancel_InThePauseBeforeARetry_EndsAtOnceAndBothEndpointsAreFree()
    {
        await using var near = await Backend.WithStatusAsync(503);
        await using var far = await Backend.SayingAsync("far");

        // The pause is on a clock that stands still.
        await using var mesh = await NearAndFar.StartAsync(near, far, new FakeTimeProvider());
        using var stop = new CancellationTokenSource();

        var sending = mesh.Client().GetAsync("http://orders.sales/", stop.Token);
        await Eventually.BecomesTrue(() => mesh.Explain(near.Port).Failures == 1 && mesh.Explain(far.Port).InFlight == 1, "the pause begins");
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(sending);
        mesh.Explain(near.Port).InFlight.ShouldBe(0);
        ShouldBeBlameless(mesh, far.Port);
        far.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Cancel_InTheMiddleOfTheBody_IsNoFailure()
    {
        await using var near = await Backend.StartAsync(static async context =>
        {
            await context.Response.Body.WriteAsync("begin"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        await using var mesh = await NearAndFar.StartAsync(near, null);
        using var stop = new CancellationTokenSource();

        using var response = await mesh.Client().GetAsync("http://orders.sales/", HttpCompletionOption.ResponseHeadersRead, Stop);
        var body = await response.Content.ReadAsStreamAsync(Stop);
        await body.ReadExactlyAsync(new byte[5], Stop);
        mesh.Explain(near.Port).InFlight.ShouldBe(1);
        var reading = body.ReadAsync(new byte[1], stop.Token).AsTask();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(reading);
        ShouldBeBlameless(mesh, near.Port);
    }

    [Theory]
    [InlineData("no limit")]
    [InlineData("TryTimeout")]
    [InlineData("Timeout")]
    [InlineData("Hedging")]
    public async Task Cancel_WhateverTokensTheTryRunsUnder_IsSaidUnderTheCallersOwn(string policy)
    {
        await using var near = await Backend.HangingAsync();
        await using var mesh = await NearAndFar.StartAsync(near, null, options: o =>
        {
            o.Policy.TryTimeout = policy == "TryTimeout" ? TimeSpan.FromHours(1) : null;
            o.Policy.Timeout = policy == "Timeout" ? TimeSpan.FromHours(1) : null;
            o.Policy.Hedging = policy == "Hedging";
        });
        using var stop = new CancellationTokenSource();

        var sending = SendByHandlerAsync(mesh, "http://orders.sales/", stop.Token);
        await Eventually.BecomesTrue(() => near.Count == 1, "the request arrives");
        await stop.CancelAsync();

        (await Should.ThrowAsync<OperationCanceledException>(sending)).CancellationToken.ShouldBe(stop.Token);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3600)]
    public async Task Cancel_WhileAServiceIsNotKnownYet_IsSaidUnderTheCallersOwnToken(int? seconds)
    {
        await using var mesh = await TestMesh.StartAsync(mesh: m => m.Configure(o => o.Policy.Timeout = seconds is { } s ? TimeSpan.FromSeconds(s) : null).AddSource(static _ => new SlowSource(null)));
        using var stop = new CancellationTokenSource();

        var sending = SendByHandlerAsync(mesh, "http://unknown.sales/", stop.Token);
        sending.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();

        (await Should.ThrowAsync<OperationCanceledException>(sending.WaitAsync(Eventually.Bound, Stop))).CancellationToken.ShouldBe(stop.Token);
    }

    // The handlers of a client and not the client, which mends a cancellation under another token.
    private static async Task SendByHandlerAsync(TestMesh mesh, string url, CancellationToken cancellationToken)
    {
        using var invoker = new HttpMessageInvoker(mesh.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(""), disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        (await invoker.SendAsync(request, cancellationToken)).Dispose();
    }

    private static void ShouldBeBlameless(TestMesh mesh, int port)
    {
        var endpoint = mesh.Explain(port);
        endpoint.Failures.ShouldBe(0);
        endpoint.Health.ShouldBe("healthy");
        endpoint.InFlight.ShouldBe(0);
    }
}
