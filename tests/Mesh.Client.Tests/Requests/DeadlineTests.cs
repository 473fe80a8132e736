using System.Collections.Concurrent;
using Mesh.Backends;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Requests;

/// <summary>How long a request is waited for, as its endpoints are told.</summary>
public class DeadlineTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData("mesh-deadline", null)]
    [InlineData("grpc-timeout", "application/grpc")]
    public async Task Send_TwoTries_EachIsToldWhatIsLeftOfItAndTheCallersHeadersStay(string header, string? type)
    {
        await using var near = await Recorder.HangingAsync();
        await using var far = await Recorder.AnsweringAsync();
        await using var mesh = await NearAndFar.StartAsync(near.Backend, far.Backend, _clock, static o =>
        {
            o.Policy.TryTimeout = TimeSpan.FromSeconds(3);
            o.Policy.Timeout = TimeSpan.FromSeconds(5);
            o.Policy.RetryNonIdempotent = true;
        });
        using var request = Request(type);

        var sending = mesh.Client().SendAsync(request, Stop);
        await Eventually.BecomesTrue(() => near.Seen.Count == 1, "the first try arrives");
        (await Eventually.TurnUntilEnd(_clock, sending)).Dispose();

        Milliseconds(near.Seen.Single()[header]).ShouldBe(3000);
        Milliseconds(far.Seen.Single()[header]).ShouldBeInRange(1, 1975);
        request.Headers.Contains(header).ShouldBeFalse();
    }

    [Theory]
    [InlineData("mesh-deadline", "1500", null, 1500)]
    [InlineData("mesh-deadline", "60000", null, 5000)]
    [InlineData("mesh-deadline", "-1500", null, 5000)]
    [InlineData("mesh-deadline", "1.5", null, 5000)]
    [InlineData("mesh-deadline", "99999999999999999999999", null, 5000)]
    [InlineData("grpc-timeout", "1500m", "application/grpc+proto", 1500)]
    [InlineData("grpc-timeout", "1H", "application/grpc", 5000)]
    [InlineData("grpc-timeout", "-1S", "application/grpc", 5000)]
    [InlineData("grpc-timeout", "123456789S", "application/grpc", 5000)]
    [InlineData("grpc-timeout", "S", "application/grpc", 5000)]
    [InlineData("grpc-timeout", "5x", "application/grpc", 5000)]
    public async Task Send_CallerBringsADeadline_ItShortensOursAndNeverLengthensIt(string header, string said, string? type, int told)
    {
        await using var near = await Recorder.AnsweringAsync();
        await using var mesh = await NearAndFar.StartAsync(near.Backend, null, _clock, static o => o.Policy.Timeout = TimeSpan.FromSeconds(5));
        using var request = Request(type);
        request.Headers.TryAddWithoutValidation(header, said);

        (await mesh.Client().SendAsync(request, Stop)).Dispose();

        Milliseconds(near.Seen.Single()[header]).ShouldBe(told);
        request.Headers.GetValues(header).ShouldBe([said]);
    }

    [Fact]
    public async Task Send_CallersDeadlineIsOver_EndsNamingIt()
    {
        await using var near = await Recorder.HangingAsync();
        await using var mesh = await NearAndFar.StartAsync(near.Backend, null, _clock, static o => o.Policy.Timeout = TimeSpan.FromSeconds(5));
        using var request = Request(null);
        request.Headers.TryAddWithoutValidation("mesh-deadline", "1500");

        var sending = mesh.Client().SendAsync(request, Stop);
        await Eventually.BecomesTrue(() => near.Seen.Count == 1, "the request arrives");
        _clock.Advance(TimeSpan.FromMilliseconds(1500));

        (await Should.ThrowAsync<MeshRoutingException>(sending.WaitAsync(Eventually.Bound, Stop))).Message.ShouldContain("within 1.5 s (the deadline that the request brought along)");
    }

    [Theory]
    [InlineData("mesh-deadline", "1500", null, null, 0)]
    [InlineData("grpc-timeout", "1500m", "application/grpc", null, 0)]
    [InlineData("mesh-deadline", "1500", null, 4.0, 0)]
    [InlineData("mesh-deadline", "4000", null, 1.5, 1)]
    [InlineData("mesh-deadline", "9000", null, null, 1)]
    public async Task Send_CallersDeadlineIsShorterThanThePolicys_BlamesNobodyWhenItIsOver(string header, string said, string? type, double? tryTimeout, int failures)
    {
        await using var near = await Recorder.HangingAsync();
        await using var mesh = await NearAndFar.StartAsync(near.Backend, null, _clock, o =>
        {
            o.Policy.Timeout = TimeSpan.FromSeconds(5);
            o.Policy.TryTimeout = tryTimeout is { } t ? TimeSpan.FromSeconds(t) : null;
            o.Policy.MaxRetries = 0;
        });
        using var request = Request(type);
        request.Headers.TryAddWithoutValidation(header, said);

        var sending = mesh.Client().SendAsync(request, Stop);
        await Eventually.BecomesTrue(() => near.Seen.Count == 1, "the request arrives");

        await Should.ThrowAsync<MeshRoutingException>(Eventually.TurnUntilEnd(_clock, sending));
        mesh.Explain(near.Backend.Port).Failures.ShouldBe(failures);
        mesh.Explain(near.Backend.Port).InFlight.ShouldBe(0);
    }

    [Theory]
    [InlineData(false, 5)]
    [InlineData(true, null)]
    public async Task Send_NotWantedOrNoLimit_NothingIsSaid(bool propagate, int? seconds)
    {
        await using var near = await Recorder.AnsweringAsync();
        await using var mesh = await NearAndFar.StartAsync(near.Backend, null, _clock, o =>
        {
            o.Policy.PropagateDeadline = propagate;
            o.Policy.Timeout = seconds is { } s ? TimeSpan.FromSeconds(s) : null;
            o.Policy.TryTimeout = TimeSpan.FromSeconds(2);
        });
        using var request = Request(null);

        (await mesh.Client().SendAsync(request, Stop)).Dispose();

        near.Seen.Single().ContainsKey("mesh-deadline").ShouldBeFalse();
    }

    [Theory]
    [InlineData("mesh-deadline", "1500", null, null, true)]
    [InlineData("mesh-deadline", "1500", null, 5, false)]
    [InlineData("grpc-timeout", "1500m", "application/grpc", null, true)]
    [InlineData("grpc-timeout", "1500m", "application/grpc", 5, false)]
    public async Task Send_NoLimitOfOursOrNotToBeTold_TheCallersIsHandedOnAsItWasSaid(string header, string said, string? type, int? seconds, bool propagate)
    {
        await using var near = await Recorder.AnsweringAsync();
        await using var mesh = await NearAndFar.StartAsync(near.Backend, null, _clock, o =>
        {
            o.Policy.PropagateDeadline = propagate;
            o.Policy.Timeout = seconds is { } s ? TimeSpan.FromSeconds(s) : null;
            o.Policy.TryTimeout = TimeSpan.FromSeconds(2);
        });
        using var request = Request(type);
        request.Headers.TryAddWithoutValidation(header, said);

        (await mesh.Client().SendAsync(request, Stop)).Dispose();

        near.Seen.Single()[header].ShouldBe(said);
        near.Seen.Single().ContainsKey(header == "mesh-deadline" ? "grpc-timeout" : "mesh-deadline").ShouldBeFalse();
        request.Headers.GetValues(header).ShouldBe([said]);
    }

    [Theory]
    [InlineData(0, "0u")]
    [InlineData(15, "1u")]
    [InlineData(999_999, "99999u")]
    [InlineData(1_000_000, "100m")]
    [InlineData(50_009_999, "5000m")]
    [InlineData(864_000_000_000, "86400000m")]
    public void WriteGrpc_IsCutOffAndReadBackNoLonger(long ticks, string text)
    {
        DeadlineHeaders.WriteGrpc(TimeSpan.FromTicks(ticks)).ShouldBe(text);
        DeadlineHeaders.ReadGrpc(text)!.Value.Ticks.ShouldBeLessThanOrEqualTo(ticks);
    }

    private static double Milliseconds(string said) =>
        char.IsAsciiDigit(said[^1]) ? double.Parse(said, System.Globalization.CultureInfo.InvariantCulture) : DeadlineHeaders.ReadGrpc(said)!.Value.TotalMilliseconds;

    private static HttpRequestMessage Request(string? type)
    {
        var request = new HttpRequestMessage(type is null ? HttpMethod.Get : HttpMethod.Post, "http://orders.sales/");
        if (type is not null)
        {
            request.Content = new ByteArrayContent([]);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return request;
    }

    private sealed class Recorder : IAsyncDisposable
    {
        public required Backend Backend { get; init; }

        public required ConcurrentQueue<Dictionary<string, string>> Seen { get; init; }

        public static Task<Recorder> AnsweringAsync() => StartAsync(static context => context.Response.WriteAsync("answer"));

        public static Task<Recorder> HangingAsync() => StartAsync(static context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));

        public ValueTask DisposeAsync() => Backend.DisposeAsync();

        private static async Task<Recorder> StartAsync(RequestDelegate answer)
        {
            var seen = new ConcurrentQueue<Dictionary<string, string>>();
            return new Recorder
            {
                Seen = seen,
                Backend = await Backend.StartAsync(context =>
                {
                    seen.Enqueue(context.Request.Headers.ToDictionary(static h => h.Key, static h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase));
                    return answer(context);
                }),
            };
        }
    }
}
