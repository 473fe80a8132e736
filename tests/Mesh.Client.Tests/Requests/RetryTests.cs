using System.Net;
using System.Net.Http.Json;
using System.Threading.Channels;
using Mesh.Backends;
using Mesh.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Requests;

/// <summary>Requests that were sent and failed.</summary>
public class RetryTests
{
    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Send_IdempotentAndTheNearEndpointFails_IsSentOnceMoreElsewhere(int status)
    {
        await using var near = await Backend.WithStatusAsync(status);
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far);
        using var retries = Instrument.Of<long>(mesh, "mesh.client.retries");

        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("far");

        (near.Count, far.Count).ShouldBe((1, 1));
        retries.Total().ShouldBe(1);
    }

    [Fact]
    public async Task Send_IdempotentAndTheConnectionIsReset_IsSentOnceMoreElsewhere()
    {
        await using var near = await Backend.StartAsync(Reset);
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far);

        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("far");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(429)]
    public async Task Send_AnswerThatIsNoGatewayFailure_IsHandedOn(int status)
    {
        await using var near = await Backend.WithStatusAsync(status);
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far);

        using var response = await mesh.Client().GetAsync("http://orders.sales/", Stop);

        ((int)response.StatusCode).ShouldBe(status);
        far.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Send_BothFail_TheLastAnswerIsHandedOnWithItsBody()
    {
        await using var near = await Backend.WithStatusAsync(503);
        await using var far = await Backend.WithStatusAsync(502);
        await using var mesh = await NearAndFar.StartAsync(near, far);

        using var response = await mesh.Client().GetAsync("http://orders.sales/", Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("status 502");
        (near.Count, far.Count).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Send_TheOnlyEndpointFails_ItsAnswerIsHandedOnWithItsBody()
    {
        await using var near = await Backend.WithStatusAsync(503);
        await using var mesh = await NearAndFar.StartAsync(near, null, options: static o => o.Policy.MaxRetries = 5);

        using var response = await mesh.Client().GetAsync("http://orders.sales/", Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("status 503");
        mesh.Explain(near.Port).InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task Send_EndpointAsksForALongerPauseThanARetryTakes_IsHandedOn()
    {
        await using var near = await Backend.WithStatusAsync(503, static response => response.Headers.RetryAfter = "10");
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far);

        using var response = await mesh.Client().GetAsync("http://orders.sales/", Stop);

        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(10));
        far.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Send_Post_IsNotSentAgain()
    {
        await using var near = await Backend.WithStatusAsync(503);
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far);

        using var response = await mesh.Client().PostAsync("http://orders.sales/", new StringContent("order"), Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        far.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Send_PostWhoseConnectionIsReset_FailsNamingServiceEndpointAndClusters()
    {
        await using var near = await Backend.StartAsync(Reset);
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far);

        var error = await Should.ThrowAsync<MeshRoutingException>(mesh.Client().PostAsync("http://orders.sales/", new StringContent("order"), Stop));

        error.Message.ShouldStartWith($"orders.sales did not answer: 1 try failed, the last at 127.0.0.1:{near.Port} in cluster 'alpha': ");
        error.Message.ShouldContain("Clusters: alpha (live), beta (live).");
        far.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData("POST", false)]
    [InlineData("GET", true)]
    public async Task Send_KeptConnectionClosesAfterTheRequestAndNoOtherCanBeMade_OnlyAnIdempotentOneGoesElsewhere(string method, bool goesElsewhere)
    {
        await using var near = new FleetingPeer();
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync([near.Port], [far.Port]);
        using var client = mesh.Client();
        (await client.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("ok");

        // The HTTP handler itself sends such a request again, on a connection that nobody accepts any more.
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://orders.sales/");
        var sending = client.SendAsync(request, Stop);
        if (goesElsewhere)
        {
            (await (await sending).Content.ReadAsStringAsync(Stop)).ShouldBe("far");
        }
        else
        {
            (await Should.ThrowAsync<MeshRoutingException>(sending)).Message.ShouldContain("it may have run");
        }

        near.Requests.ShouldBe(2);
        far.Count.ShouldBe(goesElsewhere ? 1 : 0);
    }

    [Fact]
    public async Task Send_PostWhereAllowed_IsSentAgainWithItsBody()
    {
        await using var near = await Backend.WithStatusAsync(503);
        await using var far = await Backend.StartAsync(EchoAsync);
        await using var mesh = await NearAndFar.StartAsync(near, far, options: static o => o.Policy.RetryNonIdempotent = true);

        using var response = await mesh.Client().PostAsync("http://orders.sales/", new StringContent("order"), Stop);

        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("order");
    }

    [Theory]
    [InlineData(10, true, null, true)]
    [InlineData(10, false, null, true)]
    [InlineData(65_536, true, null, true)]
    [InlineData(65_536, false, null, true)]
    [InlineData(65_537, true, null, false)]
    [InlineData(65_537, false, null, false)]
    [InlineData(200_000, true, 200_000, true)]
    [InlineData(200_000, false, 200_000, true)]
    [InlineData(10, true, 9, false)]
    [InlineData(10, false, 9, false)]
    [InlineData(10, true, 0, false)]
    [InlineData(10, false, 0, false)]
    public async Task Send_BodyThatCanBeReadOnce_IsSentAgainOnlyWhereItIsSmall(int length, bool lengthIsKnown, int? limit, bool isSentAgain)
    {
        await using var near = await Backend.StartAsync(static async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.StatusCode = 503;
        });
        await using var far = await Backend.StartAsync(EchoAsync);
        await using var mesh = await NearAndFar.StartAsync(near, far, options: o => o.Policy.MaxBufferedBody = limit);
        var bytes = Enumerable.Range(0, length).Select(static i => (byte)i).ToArray();
        using var body = new StreamContent(new OneWayStream(bytes));
        body.Headers.ContentLength = lengthIsKnown ? length : null;

        using var response = await mesh.Client().PutAsync("http://orders.sales/", body, Stop);

        response.StatusCode.ShouldBe(isSentAgain ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable);
        if (isSentAgain)
        {
            (await response.Content.ReadAsByteArrayAsync(Stop)).ShouldBe(bytes);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_JsonWhoseItemsComeOnce_IsSentAgainWhole(bool isAsynchronous)
    {
        await using var near = await Backend.StartAsync(static async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.StatusCode = 503;
        });
        await using var far = await Backend.StartAsync(EchoAsync);
        await using var mesh = await NearAndFar.StartAsync(near, far);
        var items = Channel.CreateUnbounded<int>();
        Enumerable.Range(1, 3).ToList().ForEach(i => items.Writer.TryWrite(i));
        items.Writer.Complete();
        using HttpContent body = isAsynchronous ? JsonContent.Create(items.Reader.ReadAllAsync(Stop)) : JsonContent.Create(Drain(items.Reader));

        using var response = await mesh.Client().PutAsync("http://orders.sales/", body, Stop);

        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("[1,2,3]");

        static IEnumerable<int> Drain(ChannelReader<int> reader)
        {
            while (reader.TryRead(out var item))
            {
                yield return item;
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_BodyIsTooLargeToBeKept_TheFailureSaysWhyItWasNotSentAgain(bool isTooLarge)
    {
        await using var near = await Backend.StartAsync(static async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Abort();
        });
        await using var mesh = await NearAndFar.StartAsync(near, null, options: static o => o.Policy.MaxBufferedBody = 1000);
        using var body = new StreamContent(new OneWayStream(new byte[isTooLarge ? 1001 : 1000]));
        body.Headers.ContentLength = null;

        var error = await Should.ThrowAsync<MeshRoutingException>(mesh.Client().PutAsync("http://orders.sales/", body, Stop));

        error.Message.Contains("(MaxBufferedBody)", StringComparison.Ordinal).ShouldBe(isTooLarge, error.Message);
    }

    [Theory]
    [InlineData("-1", false)]
    [InlineData("never", false)]
    [InlineData("300000", false)]
    [InlineData("99999999999999999999", false)]
    [InlineData("200", true)]
    public async Task Send_GrpcPushback_IsHonoured(string pushback, bool isSentAgain)
    {
        var clock = new FakeTimeProvider();
        await using var near = await Backend.StartAsync(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "14";
            context.Response.Headers["grpc-retry-pushback-ms"] = pushback;
            return Task.CompletedTask;
        });
        var arrived = TimeSpan.Zero;
        var started = clock.GetTimestamp();
        await using var far = await Backend.StartAsync(context =>
        {
            arrived = clock.GetElapsedTime(started);
            return context.Response.WriteAsync("far");
        });
        await using var mesh = await NearAndFar.StartAsync(near, far, clock);

        using var response = await Eventually.TurnUntilEnd(clock, mesh.Client().GetAsync("http://orders.sales/", Stop));

        far.Count.ShouldBe(isSentAgain ? 1 : 0);
        if (isSentAgain)
        {
            arrived.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(200));
        }

        // A refusal to be asked again speaks of the call; a time, of the endpoint.
        var isTime = pushback.StartsWith('3') || pushback.StartsWith('9');
        (mesh.Explain(near.Port).Latency > TimeSpan.FromSeconds(10)).ShouldBe(isTime);
    }

    [Fact]
    public async Task Send_NoRetryLeftInTheBudget_HandsTheAnswerOnAndTheOtherEndpointIsFreeAgain()
    {
        await using var near = await Backend.WithStatusAsync(503);
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync(near, far, options: static o =>
        {
            o.Policy.RetryBudgetRatio = 0;
            o.Policy.RetryBudgetMinimum = 0;
        });
        using var retries = Instrument.Of<long>(mesh, "mesh.client.retries");

        using var response = await mesh.Client().GetAsync("http://orders.sales/", Stop);

        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("status 503");
        far.Count.ShouldBe(0);
        retries.Total().ShouldBe(0);
        mesh.Explain(far.Port).InFlight.ShouldBe(0);
    }

    private static Task Reset(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static Task EchoAsync(HttpContext context) => context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
}
