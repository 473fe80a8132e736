using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using static Mesh.Network.ProxiedConnection;

namespace Mesh.Network;

public sealed class FaultProxyTests
{
    private const int Bound = 60_000;

    [Fact(Timeout = Bound)]
    public async Task Link_WithoutFault_CarriesBothWaysAndHalfCloses()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);

        await SendAsync(it.Client, "ping");
        (await ReceiveAsync(it.Target, 4)).ShouldBe("ping");
        it.Client.Shutdown(SocketShutdown.Send);
        (await it.Target.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken)).ShouldBe(0);
        await SendAsync(it.Target, "pong");
        (await ReceiveAsync(it.Client, 4)).ShouldBe("pong");

        it.Target.Shutdown(SocketShutdown.Send);
        (await it.Client.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken)).ShouldBe(0);
        await UntilAsync(() => it.Link.Connections == 0);
        it.Link.Forward.BytesDelivered.ShouldBe(4);
    }

    [Fact(Timeout = Bound)]
    public async Task Link_WithoutFault_CarriesManyBytesUnchanged()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);
        var sent = new byte[5_000_000];
        new Random(7).NextBytes(sent);
        var received = new byte[sent.Length];

        var sending = it.Client.SendAsync(sent, TestContext.Current.CancellationToken).AsTask();
        await using var stream = new NetworkStream(it.Target, ownsSocket: false);
        await stream.ReadExactlyAsync(received, TestContext.Current.CancellationToken);
        await sending;

        received.AsSpan().SequenceEqual(sent).ShouldBeTrue();
    }

    [Fact(Timeout = Bound)]
    public async Task TargetResets_ClientIsResetToo()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);

        it.Target.LingerState = new LingerOption(true, 0);
        it.Target.Dispose();

        await ShouldBeResetAsync(it.Client);
    }

    [Fact(Timeout = Bound)]
    public async Task CutForward_ResetsBothEndsAndRefusesUntilRestored()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);

        it.Link.Forward.Cut();

        await ShouldBeResetAsync(it.Client);
        await ShouldBeResetAsync(it.Target);
        (await Should.ThrowAsync<SocketException>(it.DialAsync)).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);

        it.Link.Restore();
        var (client, target) = await it.ConnectAsync();
        await SendAsync(client, "again");
        (await ReceiveAsync(target, 5)).ShouldBe("again");
        client.Dispose();
        target.Dispose();
    }

    [Fact(Timeout = Bound)]
    public async Task CutBackward_RequestArrivesAndItsAnswerBringsAReset()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);
        it.Link.Backward.Cut();
        await ShouldBeResetAsync(it.Client);

        var (client, target) = await it.ConnectAsync();
        await SendAsync(client, "do it");
        (await ReceiveAsync(target, 5)).ShouldBe("do it");
        await SendAsync(target, "done");

        await ShouldBeResetAsync(client);
        client.Dispose();
        target.Dispose();
    }

    [Fact(Timeout = Bound)]
    public async Task BlackHoleForward_HoldsRequestsWhileAnswersPass_RestoreDeliversThem()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);
        it.Link.Forward.BlackHole();

        await SendAsync(it.Client, "held");
        await UntilAsync(() => it.Link.Forward.BytesTaken == 4);
        await SendAsync(it.Target, "back");
        (await ReceiveAsync(it.Client, 4)).ShouldBe("back");
        it.Link.Forward.BytesDelivered.ShouldBe(0);

        it.Link.Forward.Restore();
        (await ReceiveAsync(it.Target, 4)).ShouldBe("held");
    }

    [Fact(Timeout = Bound)]
    public async Task BlackHoleBackward_HoldsAnswersWhileRequestsPass()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);
        it.Link.Backward.BlackHole();

        await SendAsync(it.Target, "held");
        await UntilAsync(() => it.Link.Backward.BytesTaken == 4);
        await SendAsync(it.Client, "there");
        (await ReceiveAsync(it.Target, 5)).ShouldBe("there");
        it.Link.Backward.BytesDelivered.ShouldBe(0);

        it.Link.Backward.Restore();
        (await ReceiveAsync(it.Client, 4)).ShouldBe("held");
    }

    [Fact(Timeout = Bound)]
    public async Task BlackHole_EndOfTheTargetIsNotSeenUntilRestored()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);
        it.Link.Backward.BlackHole();
        it.Target.LingerState = new LingerOption(true, 0);
        it.Target.Dispose();

        var reading = it.Client.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();
        await SendAsync(it.Client, "into the void");
        await UntilAsync(() => it.Link.Forward.BytesTaken > 0);
        reading.IsCompleted.ShouldBeFalse();
        it.Link.Backward.Restore();

        (await Should.ThrowAsync<SocketException>(reading)).SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
    }

    [Fact(Timeout = Bound)]
    public async Task BlackHole_OpeningReachesTheTargetOnlyWhenRestored()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);
        it.Link.Forward.BlackHole();

        using var client = await it.DialAsync();
        await SendAsync(client, "hello");
        var accepting = it.AcceptAsync();
        await SendAsync(it.Client, "old");
        await UntilAsync(() => it.Link.Forward.BytesTaken == 3);
        accepting.IsCompleted.ShouldBeFalse();
        it.Link.Forward.Restore();

        using var target = await accepting;
        (await ReceiveAsync(target, 5)).ShouldBe("hello");
    }

    [Fact(Timeout = Bound)]
    public async Task Slow_BytesArriveWhenTheLatencyHasPassed()
    {
        var time = new FakeTimeProvider();
        await using var it = await OpenAsync(TestContext.Current.CancellationToken, time);
        it.Link.Forward.Slow(TimeSpan.FromSeconds(10));

        await SendAsync(it.Client, "late");
        await UntilAsync(() => it.Link.Forward.BytesTaken == 4);
        time.Advance(TimeSpan.FromSeconds(9.9));
        await SendAsync(it.Target, "prompt");
        (await ReceiveAsync(it.Client, 6)).ShouldBe("prompt");
        it.Link.Forward.BytesDelivered.ShouldBe(0);

        time.Advance(TimeSpan.FromSeconds(0.1));
        (await ReceiveAsync(it.Target, 4)).ShouldBe("late");
    }

    [Fact(Timeout = Bound)]
    public async Task Slow_EndedWhileBytesAreUnderWay_DeliversThem()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken, new FakeTimeProvider());
        it.Link.Slow(TimeSpan.FromHours(1));
        await SendAsync(it.Client, "late");
        await UntilAsync(() => it.Link.Forward.BytesTaken == 4);

        it.Link.Slow(TimeSpan.Zero);

        (await ReceiveAsync(it.Target, 4)).ShouldBe("late");
    }

    [Fact(Timeout = Bound)]
    public async Task Slow_OpeningTakesARoundTrip()
    {
        var time = new FakeTimeProvider();
        await using var it = await OpenAsync(TestContext.Current.CancellationToken, time);
        it.Link.Slow(TimeSpan.FromSeconds(1));

        using var client = await it.DialAsync();
        var accepting = it.AcceptAsync();
        while (!accepting.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(accepting, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        using var target = await accepting;
        (time.GetUtcNow() - time.Start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
    }

    [Fact(Timeout = Bound)]
    public async Task Limit_BytesTrickleAtTheRateAcrossConnections()
    {
        var time = new FakeTimeProvider();
        await using var it = await OpenAsync(TestContext.Current.CancellationToken, time);
        var (second, secondTarget) = await it.ConnectAsync();
        it.Link.Forward.Limit(1000);
        await SendAsync(it.Client, new string('a', 1000));
        await SendAsync(second, new string('b', 1000));
        await UntilAsync(() => it.Link.Forward.BytesTaken == 2000);

        while (it.Link.Forward.BytesDelivered < 2000)
        {
            // 50 ms of burst and the piece on the wire come on top.
            var allowed = ((time.GetUtcNow() - time.Start).TotalSeconds * 1000) + 100;
            ((double)it.Link.Forward.BytesDelivered).ShouldBeLessThanOrEqualTo(allowed);
            time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        (time.GetUtcNow() - time.Start).ShouldBeGreaterThan(TimeSpan.FromSeconds(1.8));
        (await ReceiveAsync(it.Target, 1000)).ShouldBe(new string('a', 1000));
        (await ReceiveAsync(secondTarget, 1000)).ShouldBe(new string('b', 1000));
        second.Dispose();
        secondTarget.Dispose();
    }

    [Fact(Timeout = Bound)]
    public async Task ResetForward_TargetIsResetAndTheClientWithItsNextByte()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);

        it.Link.Forward.Reset();

        await ShouldBeResetAsync(it.Target);
        var reading = it.Client.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();
        reading.IsCompleted.ShouldBeFalse();
        await SendAsync(it.Client, "x");
        (await Should.ThrowAsync<SocketException>(reading)).SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
        await UntilAsync(() => it.Link.Connections == 0);
    }

    [Fact(Timeout = Bound)]
    public async Task Reset_BothEndsAtOnce_NewConnectionsPass()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);

        it.Link.Reset();

        await ShouldBeResetAsync(it.Target);
        await ShouldBeResetAsync(it.Client);
        var (client, target) = await it.ConnectAsync();
        client.Dispose();
        target.Dispose();
    }

    [Fact(Timeout = Bound)]
    public async Task HalfOpenBackward_ClientIsGone_TargetIsNeverToldAndNewConnectionsPass()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);

        it.Link.Backward.HalfOpen();

        await ShouldBeResetAsync(it.Client);
        await SendAsync(it.Target, "lost");
        await UntilAsync(() => it.Link.Backward.BytesTaken == 4);
        var (client, target) = await it.ConnectAsync();
        await SendAsync(target, "new");
        (await ReceiveAsync(client, 3)).ShouldBe("new");
        while (it.Link.Backward.BytesDelivered < 3)
        {
            // Counted just after the bytes are handed on.
            await Task.Yield();
        }

        it.Link.Backward.BytesDelivered.ShouldBe(3);
        it.Link.Connections.ShouldBe(2);
        it.Target.Poll(0, SelectMode.SelectRead).ShouldBeFalse();
        client.Dispose();
        target.Dispose();
    }

    [Fact(Timeout = Bound)]
    public async Task HalfOpenForward_TargetIsGone_WhatTheClientSendsIsLostEvenAfterRestore()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);

        it.Link.Forward.HalfOpen();
        await ShouldBeResetAsync(it.Target);
        await SendAsync(it.Client, "lost");
        it.Link.Restore();
        await SendAsync(it.Client, "more");
        await UntilAsync(() => it.Link.Forward.BytesTaken == 8);

        it.Link.Forward.BytesDelivered.ShouldBe(0);
        it.Client.Poll(0, SelectMode.SelectRead).ShouldBeFalse();
        it.Client.Dispose();
        await UntilAsync(() => it.Link.Connections == 0);
    }

    [Fact(Timeout = Bound)]
    public async Task Dispose_ClosesEveryConnectionAndThePort()
    {
        await using var it = await OpenAsync(TestContext.Current.CancellationToken);
        it.Link.BlackHole();
        using var hanging = await it.DialAsync();

        await it.Proxy.DisposeAsync();

        await ShouldBeResetAsync(it.Client);
        await ShouldBeResetAsync(it.Target);
        await ShouldBeResetAsync(hanging);
        (await Should.ThrowAsync<SocketException>(it.DialAsync)).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    [Fact]
    public void Faults_OutOfRange_AreRefused()
    {
        var link = new NetworkLink();

        Should.Throw<ArgumentOutOfRangeException>(() => link.Slow(TimeSpan.FromSeconds(-1)));
        Should.Throw<ArgumentOutOfRangeException>(() => link.Limit(0));
        link.Forward.State.ShouldBe(LinkState.Clear);
        Should.Throw<ArgumentException>(() => FaultProxy.Start(new Uri("https://example.com")));
    }
}
