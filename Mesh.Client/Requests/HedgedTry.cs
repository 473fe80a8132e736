using System.Diagnostics;
using Mesh.Telemetry;

namespace Mesh.Requests;

/// <summary>
/// The first try of a request, and a second beside it at another endpoint where the first is late. The first good answer is taken, and the other try cancelled, which says nothing of its
/// endpoint.
/// </summary>
/// <param name="context">What the clients have in common.</param>
/// <param name="route">The service's route.</param>
/// <param name="request">The caller's request.</param>
/// <param name="send">Makes one try; never throws.</param>
internal sealed class HedgedTry(
    RequestContext context,
    ServiceRoute route,
    HttpRequestMessage request,
    Func<PickResult, HttpRequestMessage, CancellationToken, Task<(HttpResponseMessage? Response, TryOutcome Failed)>> send)
{
    // Of the second try: made before the first is sent, for what is sent gets headers and options of its own (trace context, metrics), and a body that is asked for its length writes it into its headers.
    private readonly HttpRequestMessage _copy = Copy(request);

    /// <summary>What of the request matters to a pick.</summary>
    public PickHints Hints { get; init; }

    /// <summary>Told that the second pick failed, which costs no request: the first try goes on.</summary>
    public Action<ServiceName, Exception>? PickFailed { get; init; }

    /// <summary>The request's span, or <see langword="null"/>.</summary>
    public Activity? Activity { get; init; }

    /// <summary>Sends it: an answer to hand on, or how the later of the two tries failed.</summary>
    /// <param name="first">The pick.</param>
    /// <param name="delay">How late is late.</param>
    /// <param name="attempts">What the request has tried before.</param>
    /// <param name="alsoFailed">Told how the other try failed, where both did.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<(HttpResponseMessage? Response, TryOutcome Failed)> SendAsync(
        PickResult first, TimeSpan delay, RequestAttempts attempts, Action<TryOutcome> alsoFailed, CancellationToken cancellationToken)
    {
        var sent = context.TimeProvider.GetTimestamp();
        using var stopFirst = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var one = send(first, request, stopFirst.Token);
        if (!await IsLateAsync(one, delay, cancellationToken).ConfigureAwait(false) || !TryPickSecond(first, attempts, out var second))
        {
            return await one.ConfigureAwait(false);
        }

        if (Activity is not null)
        {
            RequestActivity.AddHedge(Activity, first.Endpoint!, context.TimeProvider.GetUtcNow());
        }

        using var stopSecond = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var two = send(second, _copy, stopSecond.Token);
        var sooner = await Task.WhenAny(one, two).ConfigureAwait(false);
        var later = sooner == one ? two : one;
        var answer = await sooner.ConfigureAwait(false);
        var isDecided = answer.Response is not null;
        if (isDecided)
        {
            await (sooner == one ? stopSecond : stopFirst).CancelAsync().ConfigureAwait(false);
        }

        // Cancelled, it ends at once: it is waited for, so that its endpoint is free when the caller has the answer.
        var other = await later.ConfigureAwait(false);
        if (!isDecided && other.Response is not null)
        {
            (answer, other) = (other, answer);
            isDecided = true;
        }

        var secondWon = isDecided && ReferenceEquals(answer.Response, (await two.ConfigureAwait(false)).Response);
        context.Metrics.AddHedge(route.Service, first.Endpoint!.Cluster, secondWon);
        if (secondWon)
        {
            // As long at least it would have taken: left out, the delay would follow the quick ones alone.
            route.ObserveLatency(context.TimeProvider.GetElapsedTime(sent));
        }

        if (isDecided)
        {
            other.Response?.Dispose();
            other.Failed.Response?.Dispose();
            if (cancellationToken.IsCancellationRequested)
            {
                // While the other one ended: nobody takes the answer.
                answer.Response!.Dispose();
                cancellationToken.ThrowIfCancellationRequested();
            }

            answer.Response!.RequestMessage = request;
        }
        else
        {
            // Both failed: what the later said is the answer.
            alsoFailed(answer.Failed);
            answer.Failed.Response?.Dispose();
            answer = other;
        }

        return answer;
    }

    private async ValueTask<bool> IsLateAsync(Task one, TimeSpan delay, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = Task.Delay(delay, context.TimeProvider, over.Token);
        var isLate = await Task.WhenAny(one, waiting).ConfigureAwait(false) == waiting && !one.IsCompleted && !cancellationToken.IsCancellationRequested;
        await over.CancelAsync().ConfigureAwait(false);
        return isLate;
    }

    private bool TryPickSecond(PickResult first, RequestAttempts attempts, out PickResult second)
    {
        // Only for the pick: a late endpoint has not failed yet.
        attempts.AddFailedTry(first.Endpoint!);
        try
        {
            second = route.Pick(ref attempts, Hints);
        }
        catch (Exception e)
        {
            // An application's own picker may throw. The first try is under way, and its answer may be good.
            context.Metrics.AddHedgeNotPicked(route.Service, first.Endpoint!.Cluster);
            PickFailed?.Invoke(route.Service, e);
            second = default;
            return false;
        }

        if (!second.HasEndpoint)
        {
            return false;
        }

        if (route.TryAcquireHedge())
        {
            return true;
        }

        second.Lease.Report(new AttemptOutcome(AttemptResult.Cancelled));
        second.Lease.Release();
        return false;
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request)
    {
        _ = request.Content?.Headers.ContentLength;
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy, Content = request.Content };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        foreach (var option in request.Options)
        {
            ((IDictionary<string, object?>)copy.Options)[option.Key] = option.Value;
        }

        return copy;
    }
}
