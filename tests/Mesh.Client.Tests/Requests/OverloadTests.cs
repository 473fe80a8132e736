using System.Net;
using Mesh.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Requests;

/// <summary>An endpoint that is ejected for what it answers takes connections still: who waits for one is not lost.</summary>
public class OverloadTests
{
    private const int Requests = 100;
    private const int AnswersThatEject = 5;

    [Theory(Timeout = 120_000)]
    [InlineData(HttpProtocols.Http1, false)]
    [InlineData(HttpProtocols.Http1, true)]
    [InlineData(HttpProtocols.Http2, false)]
    [InlineData(HttpProtocols.Http2, true)]
    public async Task Send_TheLastEndpointIsEjectedFor503sWhileOthersWaitForAConnection_EachOfThemIsAnswered(HttpProtocols protocols, bool allMayBeEjected)
    {
        var dialling = new StallingDial { Passing = protocols == HttpProtocols.Http1 ? AnswersThatEject : 1, Stalling = protocols == HttpProtocols.Http1 ? Requests - AnswersThatEject : 1 };
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var near = await OverloadedAsync(protocols, answer.Task);
        await using var mesh = await NearAndFar.StartAsync(
            near, null, options: o => o.Policy.MaxEjectedPercent = allMayBeEjected ? 100 : null, configure: services => services.Configure<MeshTransportOptions>(o => o.Dial = dialling.DialAsync));
        using var client = mesh.Client();
        client.DefaultRequestVersion = protocols == HttpProtocols.Http1 ? HttpVersion.Version11 : HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var sending = Enumerable.Range(0, AnswersThatEject).Select(_ => StatusAsync(client)).ToList();
        await Eventually.BecomesTrue(() => near.Count == AnswersThatEject, "the first requests arrive");

        sending.AddRange(Enumerable.Range(AnswersThatEject, Requests - AnswersThatEject).Select(_ => StatusAsync(client)));
        await Eventually.BecomesTrue(() => dialling.Dials == dialling.Passing + dialling.Stalling, "the others wait for a connection");
        answer.SetResult();

        (await Task.WhenAll(sending).WaitAsync(Eventually.Bound, Stop)).ShouldAllBe(static status => status == HttpStatusCode.ServiceUnavailable);
        near.Count.ShouldBe(Requests);
        mesh.Explain(near.Port).Health.ShouldBe("ejected");
    }

    [Fact(Timeout = 120_000)]
    public async Task Send_AnEndpointIsEjectedFor503sAndAnotherIsWell_ThoseThatWaitGoThere()
    {
        var dialling = new StallingDial { Passing = AnswersThatEject, Stalling = Requests - AnswersThatEject };
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var near = await OverloadedAsync(HttpProtocols.Http1, answer.Task);
        await using var far = await Backend.SayingAsync("far");
        dialling.Port = near.Port;
        await using var mesh = await NearAndFar.StartAsync(
            near, far, options: static o => o.Policy.MaxRetries = 0, configure: services => services.Configure<MeshTransportOptions>(o => o.Dial = dialling.DialAsync));
        using var client = mesh.Client();
        var sending = Enumerable.Range(0, AnswersThatEject).Select(_ => StatusAsync(client)).ToList();
        await Eventually.BecomesTrue(() => near.Count == AnswersThatEject, "the first requests arrive");

        sending.AddRange(Enumerable.Range(AnswersThatEject, Requests - AnswersThatEject).Select(_ => StatusAsync(client)));
        await Eventually.BecomesTrue(() => dialling.Dials == Requests, "the others wait for a connection");
        answer.SetResult();

        var statuses = await Task.WhenAll(sending).WaitAsync(Eventually.Bound, Stop);
        statuses.Count(static s => s == HttpStatusCode.OK).ShouldBe(Requests - AnswersThatEject);
        near.Count.ShouldBe(AnswersThatEject);
    }

    // Answers 503 to everything, to the first ones when it is told to; then it also closes their connections, so that nobody who waits is sent on one of those.
    private static Task<Backend> OverloadedAsync(HttpProtocols protocols, Task answer) => Backend.StartAsync(
        configure: app => app.Run(async context =>
        {
            var isFirst = !answer.IsCompleted;
            await answer.WaitAsync(context.RequestAborted);
            if (isFirst)
            {
                context.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().RequestClose();
            }

            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }),
        protocols,
        services => services.Configure<KestrelServerOptions>(static o => o.Limits.Http2.MaxStreamsPerConnection = AnswersThatEject));

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var response = await client.GetAsync("http://orders.sales/", Stop);
        return response.StatusCode;
    }
}
