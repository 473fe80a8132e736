using Mesh.Affinity;
using Mesh.Gateways;
using Mesh.Hashing;
using Mesh.Orca;
using Mesh.Telemetry;
using Mesh.Transport;
using Microsoft.Extensions.Logging;

namespace Mesh.Requests;

/// <summary>
/// Sends one client's requests to services: route, pick, send, report. The usual request (known service, no time limits, first try answered) is one small async method here; everything
/// else is a <see cref="RequestRun"/>.
/// </summary>
internal sealed partial class RequestSender(RequestContext context, ServicePolicy? clientPolicy, TransportSettings settings, HttpMessageInvoker own)
{
    private readonly Func<EndpointState, object, IEndpointTransport> _createTransport = (endpoint, key) => endpoint.Reach == Reach.Gateway
        ? new GatewayTransport(endpoint, (TransportSettings)key, context.Gateways!)
        : new EndpointTransport(endpoint, (TransportSettings)key, context.Transport);
    private readonly LoadHeaders _loads = new();
    private readonly ConnectLimits _settings = new(settings);
    private int _pickerWarnings;

    public RequestContext Context => context;

    /// <summary>The client's own primary handler, for hosts that turn out to be no service.</summary>
    public HttpMessageInvoker Own => own;

    public Task<HttpResponseMessage> SendAsync(HostMatch match, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var route = RouteOf(match);
        return request.Version.Major >= 3 || request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher
            ? SendLimitedAsync(match, route, request, cancellationToken)
            : SendAsync(match, route, request, cancellationToken);
    }

    /// <exception cref="ObjectDisposedException">The mesh was disposed.</exception>
    public ServiceRoute RouteOf(HostMatch match)
    {
        try
        {
            return context.Router.GetRoute(match, clientPolicy);
        }
        catch (ObjectDisposedException disposed)
        {
            throw RequestFailure.OfDisposal(disposed);
        }
    }

    private Task<HttpResponseMessage> SendAsync(HostMatch match, ServiceRoute route, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var policy = route.Policy;
        if (policy.TryTimeout != Timeout.InfiniteTimeSpan || policy.Timeout != Timeout.InfiniteTimeSpan || policy.Hedging || RequestActivity.IsListenedTo || IsBodyWatched(request, policy))
        {
            return new RequestRun(this, match, route, request, cancellationToken).SendAsync();
        }

        var started = context.TimeProvider.GetTimestamp();
        var attempts = new RequestAttempts(started);
        var picked = route.Pick(ref attempts, RequestKeys.Of(policy, request));
        return picked.HasEndpoint
            ? SendFirstAsync(match, route, picked.Lease, Dispatch(picked, policy, request, Timeout.InfiniteTimeSpan, cancellationToken), request, started, cancellationToken)
            : new RequestRun(this, match, route, request, cancellationToken).SendAsync(picked);
    }

    /// <summary>Hands a request to the picked endpoint's connections. Never throws: a failure is in the task.</summary>
    /// <param name="picked">The pick.</param>
    /// <param name="policy">The policy in force.</param>
    /// <param name="request">The request.</param>
    /// <param name="left">How long it is waited for; <see cref="Timeout.InfiniteTimeSpan"/> where that is not known.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<HttpResponseMessage> Dispatch(in PickResult picked, EffectivePolicy policy, HttpRequestMessage request, TimeSpan left, CancellationToken cancellationToken)
    {
        try
        {
            if (context.Metrics.IsRequestDurationEnabled)
            {
                ClientMetrics.Enrich(request, picked.Endpoint!);
            }

            var transport = TransportOf(picked.Endpoint!, policy);
            return MayRepeat(request, policy) ? transport.DispatchAsync(request, left, cancellationToken) : transport.DispatchOnceAsync(request, left, cancellationToken);
        }
        catch (Exception e)
        {
            return Task.FromException<HttpResponseMessage>(e);
        }
    }

    /// <summary>What carries this client's requests to an endpoint.</summary>
    public IRequestTransport TransportOf(EndpointState endpoint, EffectivePolicy policy) => (IRequestTransport)endpoint.GetOrAddTransport(_settings.With(policy.ConnectTimeout), _createTransport);

    /// <summary>Says once that a picker failed where its failure costs no request.</summary>
    public void WarnOfPicker(ServiceName service, Exception exception)
    {
        if (Interlocked.Exchange(ref _pickerWarnings, 1) == 0)
        {
            Log.HedgeNotPicked(context.Transport.Logger, exception, service);
        }
    }

    /// <summary>Reports a response, and hands it on with its body watched unless it is worth a retry.</summary>
    public ResponseVerdict Report(in EndpointLease lease, HttpResponseMessage response, TimeSpan latency)
    {
        var verdict = ResponseVerdict.Of(lease.Endpoint, response, context.TimeProvider);
        if (verdict.Result is { } result)
        {
            lease.Report(new AttemptOutcome(result, latency, verdict.RetryAfter));
        }
        else
        {
            lease.Answered(latency);
        }

        _loads.Read(lease, response.Headers);
        ResponseContent.Attach(response, lease, awaitsTrailers: verdict.Result is null);
        return verdict;
    }

    private static bool IsBodyWatched(HttpRequestMessage request, EffectivePolicy policy) =>
        request.Content is { } content && RetryRules.IsWatched(content, isKept: IsKept(request, policy));

    /// <summary>Whether a body that can be read only once is kept, so that it can be sent again.</summary>
    public static bool IsKept(HttpRequestMessage request, EffectivePolicy policy) => policy.MaxRetries > 0 && policy.MaxBufferedBody > 0 && MayRepeat(request, policy);

    public static bool MayRepeat(HttpRequestMessage request, EffectivePolicy policy) => policy.RetryNonIdempotent || RetryRules.IsIdempotent(request.Method);

    // The message is its caller's: afterwards it asks again for what it asked for.
    private async Task<HttpResponseMessage> SendLimitedAsync(HostMatch match, ServiceRoute route, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (version, versionPolicy) = (request.Version, request.VersionPolicy);
        VersionLimit.Apply(request, route.Service);
        try
        {
            return await SendAsync(match, route, request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            (request.Version, request.VersionPolicy) = (version, versionPolicy);
        }
    }

    private async Task<HttpResponseMessage> SendFirstAsync(
        HostMatch match,
        ServiceRoute route,
        EndpointLease lease,
        Task<HttpResponseMessage> sending,
        HttpRequestMessage request,
        long started,
        CancellationToken cancellationToken)
    {
        TryOutcome outcome;
        try
        {
            var response = await sending.ConfigureAwait(false);
            var verdict = Report(lease, response, context.TimeProvider.GetElapsedTime(started));
            if (!verdict.IsWorthRetrying)
            {
                SessionCookie.Attach(route.Policy, request, lease.Endpoint, response);
                return response;
            }

            outcome = TryOutcome.Answered(lease.Endpoint, response, verdict.RetryAfter);
        }
        catch (Exception e)
        {
            outcome = TryOutcome.Failed(lease, e, cancellationToken, request.Content);
        }

        return await new RequestRun(this, match, route, request, cancellationToken, started).GoOnAsync(outcome).ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1307,
            LogLevel.Warning,
            "A late request to {Service} was not hedged: the second pick failed. The first try goes on. Look at the picker that the service's policy names (LoadBalancing). Said once for each client.")]
        public static partial void HedgeNotPicked(ILogger logger, Exception exception, ServiceName service);
    }
}
