using System.Diagnostics;
using System.Net;
using System.Runtime.ExceptionServices;
using Mesh.Affinity;
using Mesh.Hashing;
using Mesh.Telemetry;
using Mesh.Transport;

namespace Mesh.Requests;

/// <summary>
/// One request beyond its simple first try: waiting for a service that is not known yet, picking again, retrying, time limits, its span.
/// </summary>
internal sealed class RequestRun
{
    /// <summary>
    /// How often a request is picked again since an endpoint took no connection, or refused it unprocessed: with the first pick it asks 17. The next pick leaves the node, then the cluster, so this many
    /// failures are a dead service and not a dead cluster.
    /// </summary>
    private const int MaxRepicks = 16;

    private readonly RequestSender _sender;
    private readonly HostMatch _match;
    private readonly HttpRequestMessage _request;
    private readonly CancellationToken _cancellationToken;
    private readonly ServiceRoute _route;
    private readonly EffectivePolicy _policy;
    private readonly PickHints _hints;
    private readonly RequestTime _time;
    private readonly RequestBody _body;
    private RequestAttempts _attempts;
    private Activity? _activity;
    private int _tries;

    public RequestRun(RequestSender sender, HostMatch match, ServiceRoute route, HttpRequestMessage request, CancellationToken cancellationToken, long started = 0)
    {
        _sender = sender;
        _match = match;
        _route = route;
        _policy = route.Policy;
        _request = request;
        _hints = RequestKeys.Of(_policy, request);
        _cancellationToken = cancellationToken;
        _body = new RequestBody(request, _policy);
        _attempts = new RequestAttempts(started == 0 ? Time.GetTimestamp() : started);
        _time = new RequestTime(Time, _policy, request, _attempts.StartTimestamp);
    }

    private TimeProvider Time => _sender.Context.TimeProvider;

    /// <summary>Sends it from the start.</summary>
    /// <param name="picked">A pick that was made already and has no endpoint, or <see langword="null"/>.</param>
    public async Task<HttpResponseMessage> SendAsync(PickResult? picked = null)
    {
        // Here and not before: what an async method makes current does not reach its caller.
        _activity = RequestActivity.IsListenedTo ? RequestActivity.Start(_route.Service) : null;
        Exception? failure = null;
        try
        {
            return await PreparedAsync(picked).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            if (_activity is not null)
            {
                RequestActivity.End(_activity, _tries, failure);
            }
        }
    }

    /// <summary>Goes on after a first try that was not simply answered.</summary>
    public Task<HttpResponseMessage> GoOnAsync(TryOutcome first) => LoopAsync(null, first);

    // With the body made ready to be sent, perhaps twice, and the time left in the headers; afterwards the request is again as its caller made it.
    private async Task<HttpResponseMessage> PreparedAsync(PickResult? picked)
    {
        if (_body.IsReadFirst)
        {
            await BufferAsync().ConfigureAwait(false);
        }
        else
        {
            _body.Watch();
        }

        var said = _time.IsTold ? DeadlineHeaders.Keep(_request) : default;
        try
        {
            return await LoopAsync(picked, last: null).ConfigureAwait(false);
        }
        finally
        {
            _body.Restore();
            if (_time.IsTold)
            {
                DeadlineHeaders.Restore(_request, said);
            }
        }
    }

    // Within the request's time: who sends a body of a few bytes may never come to its end.
    private async Task BufferAsync()
    {
        using var limit = _time.Begin(_cancellationToken);
        try
        {
            await _body.BufferAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (_cancellationToken.IsCancellationRequested)
        {
            throw CancelledByCaller(e);
        }
        catch (Exception) when (limit.IsOver && !_cancellationToken.IsCancellationRequested)
        {
            _sender.Context.Metrics.AddFailure(_route.Service, "failed");
            throw RequestFailure.OfBody(_route.Service, _policy, _time.Limit);
        }
    }

    private async Task<HttpResponseMessage> LoopAsync(PickResult? picked, TryOutcome? last)
    {
        while (true)
        {
            if (last is { } failed && !MayTryAgain(failed))
            {
                return Surface(failed);
            }

            var pick = picked ?? _route.Pick(ref _attempts, _hints);
            picked = null;
            if (pick.Status == PickStatus.Pending && await WaitAsync().ConfigureAwait(false))
            {
                if (_match.IsProvisional && _sender.Context.Router.Match(_request.RequestUri!).Kind != HostKind.Service)
                {
                    return await _sender.Own.SendAsync(_request, _cancellationToken).ConfigureAwait(false);
                }

                pick = _route.Pick(ref _attempts, _hints);
            }

            if (last is not { } before)
            {
                if (!pick.HasEndpoint)
                {
                    return WithoutEndpoint(pick);
                }
            }
            else if (!pick.HasEndpoint || !await BeginAgainAsync(before, pick.Lease).ConfigureAwait(false))
            {
                // Nobody is left whom this request has not tried, or a retry is not to be had: what the last one said is the answer.
                return Surface(before);
            }

            var (response, outcome) = await TryAsync(pick).ConfigureAwait(false);
            if (response is not null)
            {
                return response;
            }

            last = outcome;
        }
    }

    // One try, or two at once where the first is late: an answer to hand on, or how it failed.
    private Task<(HttpResponseMessage? Response, TryOutcome Failed)> TryAsync(PickResult pick) =>
        _policy.Hedging && _attempts.Tries + _attempts.Repicks == 0 && MayRepeat && _body.IsShareable && _route.HedgingDelay is { } delay
            ? new HedgedTry(_sender.Context, _route, _request, TryAsync) { Activity = _activity, Hints = _hints, PickFailed = _sender.WarnOfPicker }.SendAsync(pick, delay, _attempts, Count, _cancellationToken)
            : TryAsync(pick, _request, _cancellationToken);

    // With its time limit, and the endpoint told of it.
    private async Task<(HttpResponseMessage? Response, TryOutcome Failed)> TryAsync(PickResult pick, HttpRequestMessage message, CancellationToken cancellationToken)
    {
        var lease = pick.Lease;
        Interlocked.Increment(ref _tries);
        var sent = Time.GetTimestamp();
        var time = _time.OfTry;
        using var limit = _time.BeginTry(time, cancellationToken);
        ConnectionCount? connections = null;
        int? opened = null;
        try
        {
            if (limit.IsSet)
            {
                connections = _sender.TransportOf(lease.Endpoint, _policy).Connections;
                opened = connections.OpenedIfNoneIsOpen;
            }

            if (_time.IsTold)
            {
                DeadlineHeaders.Write(message, time);
            }

            var response = await _sender.Dispatch(pick, _policy, message, time, limit.Token).ConfigureAwait(false);
            var latency = Time.GetElapsedTime(sent);
            var verdict = _sender.Report(lease, response, latency);
            if (verdict.IsWorthRetrying)
            {
                return (null, TryOutcome.Answered(lease.Endpoint, response, verdict.RetryAfter));
            }

            SessionCookie.Attach(_policy, message, lease.Endpoint, response);
            if (_policy.Hedging)
            {
                _route.ObserveLatency(latency);
            }

            return (response, default);
        }
        catch (Exception e)
        {
            // Where no time was left it was not sent either.
            var hadNone = time == TimeSpan.Zero || (opened is not null && connections!.OpenedIfNoneIsOpen == opened);
            return (null, TryOutcome.Failed(lease, e, cancellationToken, message.Content, hadConnection: !hadNone, wasCallersTime: limit.IsOver && _time.IsBrought(time)));
        }
    }

    private bool MayRepeat => RequestSender.MayRepeat(_request, _policy);

    // Whether the request may go to another endpoint, if there is one.
    private bool MayTryAgain(TryOutcome failed)
    {
        if (_cancellationToken.IsCancellationRequested || failed.IsCallers || _body.HasFailed)
        {
            return false;
        }

        Count(failed);
        if (_time.IsOver)
        {
            return false;
        }

        return failed.WasSent
            ? failed.Exception is null or HttpRequestException or IOException or OperationCanceledException
                && _attempts.Tries <= _policy.MaxRetries
                && MayRepeat
                && _body.IsReady
            : failed.WasFreed || (_attempts.Repicks <= MaxRepicks && (!failed.WasRefused || _body.IsReady));
    }

    private void Count(TryOutcome failed)
    {
        if (failed.WasSent)
        {
            _attempts.AddFailedTry(failed.Endpoint);
        }
        else if (failed.WasFreed)
        {
            _attempts.AddFreed(failed.Endpoint);
        }
        else
        {
            _attempts.AddFailedConnect(failed.Endpoint);
        }
    }

    // Goes to the next endpoint: at once after a try that got no connection; a retry takes one from the budget, and a pause. If not, the pick is given back.
    private async ValueTask<bool> BeginAgainAsync(TryOutcome failed, EndpointLease next)
    {
        if (!failed.WasSent)
        {
            if (IsHopeless(next.Endpoint) || !await IsBodyAloneAsync(next).ConfigureAwait(false))
            {
                GiveBack(next);
                return false;
            }

            _sender.Context.Metrics.AddRepick(_route.Service, failed.Endpoint.Cluster);
            Note(failed);
            return true;
        }

        var pause = _sender.Context.Pause.Next();
        pause = failed.RetryAfter > pause ? failed.RetryAfter.Value : pause;
        if (!_time.Allows(pause) || !_route.TryAcquireRetry() || !await IsBodyAloneAsync(next).ConfigureAwait(false))
        {
            GiveBack(next);
            return false;
        }

        _sender.Context.Metrics.AddRetry(_route.Service, failed.Endpoint.Cluster);
        Note(failed);
        failed.Response?.Dispose();
        try
        {
            await Task.Delay(pause, Time, _cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch
        {
            GiveBack(next);
            throw;
        }
    }

    // Whether nobody reads the body any more.
    private async ValueTask<bool> IsBodyAloneAsync(EndpointLease next)
    {
        try
        {
            return await _body.StopAsync(Time, _cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            GiveBack(next);
            throw;
        }
    }

    // Where everything counts as down, a request that has waited a connect limit asks each cluster once: it finds the one that is back, and does not wait for one dead endpoint
    // after another.
    private bool IsHopeless(EndpointState next) =>
        Time.GetElapsedTime(_attempts.StartTimestamp) >= _policy.ConnectTimeout && _attempts.HasTried(next.Cluster) && _route.IsDown;

    private static void GiveBack(in EndpointLease picked)
    {
        picked.Report(new AttemptOutcome(AttemptResult.Cancelled));
        picked.Release();
    }

    private async ValueTask<bool> WaitAsync()
    {
        var started = Time.GetTimestamp();
        using var limit = _time.Begin(_cancellationToken);
        try
        {
            return await _route.WaitUntilKnownAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            return _cancellationToken.IsCancellationRequested ? throw CancelledByCaller(e) : false;
        }
        finally
        {
            _sender.Context.Metrics.AddWait(_route.Service, Time.GetElapsedTime(started));
        }
    }

    // The last try is the answer: its response, or its exception with what the caller should know around it.
    private HttpResponseMessage Surface(TryOutcome last)
    {
        if (last.Response is { } response)
        {
            return response;
        }

        var exception = last.Exception!;
        var isOfTheTry = !last.IsCallers && !_body.HasFailed && exception is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException;
        if (_cancellationToken.IsCancellationRequested)
        {
            exception = isOfTheTry || exception is OperationCanceledException ? CancelledByCaller(exception) : exception;
        }
        else if (isOfTheTry)
        {
            exception = RequestFailure.Of(_sender.Context, _route, _policy, _time.Limit, last, _attempts, _body.WhyNotAgain(last.WasSent && _attempts.Tries <= _policy.MaxRetries && MayRepeat));
            _sender.Context.Metrics.AddFailure(_route.Service, last.WasSent || last.WasRefused ? "failed" : "connect");
        }

        ExceptionDispatchInfo.Throw(exception);
        return null!;
    }

    // With the token that the caller knows, whatever tokens its tries ran under: handlers tell by it who gave up.
    private Exception CancelledByCaller(Exception e) =>
        e is OperationCanceledException { CancellationToken: var token } && token == _cancellationToken ? e : new TaskCanceledException(e is OperationCanceledException ? e.Message : null, e, _cancellationToken);

    private HttpResponseMessage WithoutEndpoint(PickResult pick)
    {
        var failure = _route.Describe(pick);
        _sender.Context.Metrics.AddFailure(_route.Service, RequestFailure.Reason(pick.Status));
        if (pick.Status is not (PickStatus.TooManyRequests or PickStatus.Shed))
        {
            throw RequestFailure.Of(failure);
        }

        var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { RequestMessage = _request, Content = new StringContent(failure.Message) };
        response.Headers.RetryAfter = new(failure.RetryAfter ?? TimeSpan.FromSeconds(1));
        return response;
    }

    private void Note(TryOutcome failed)
    {
        if (_activity is not null)
        {
            RequestActivity.AddFailedTry(_activity, failed.Endpoint, failed.WasSent, Time.GetUtcNow());
        }
    }
}
