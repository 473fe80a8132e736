using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Mesh.Backends;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mesh.Gateways;

/// <summary>What a gateway does with a request: suffer its faults, find the service's pods in its cluster, send it to one of them.</summary>
internal sealed class GatewayApplication(FixtureCluster cluster, GatewayPeers peers, GatewayForwarder forwarder, BackendFaults faults, TimeProvider timeProvider) : IHttpApplication<HttpContext>
{
    private const int Kept = 1_000;

    // The caller waits no longer than its deadline: an answer that says whose fault it is has to be there before.
    private const double PartOfDeadline = 0.9;

    private readonly ConcurrentQueue<FixtureGatewayRequest> _received = new();
    private long _arrived;
    private long _probed;
    private volatile bool _isReady = true;
    private int _turn = -1;

    public long Arrived => Interlocked.Read(ref _arrived);

    public IReadOnlyCollection<FixtureGatewayRequest> Received => [.. _received];

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <summary>What it answers to who asks for its own health.</summary>
    public bool IsReady
    {
        get => _isReady;
        set => _isReady = value;
    }

    /// <summary>How often that was asked.</summary>
    public long Probed => Interlocked.Read(ref _probed);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        if (context.Request.Path == "/ready" && !context.Request.Headers.ContainsKey("mesh-service"))
        {
            Interlocked.Increment(ref _probed);
            context.Response.StatusCode = IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return;
        }

        Keep(context);
        using var deadline = DeadlineOf(context.Request) is { } left ? new CancellationTokenSource(left * PartOfDeadline, timeProvider) : new CancellationTokenSource();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        try
        {
            if (await faults.PassAsync(timeProvider, context.RequestAborted).ConfigureAwait(false) is { } error) GatewayForwarder.Fail(context, error, GatewayForwarder.OfGateway);
            else if (ServiceOf(context.Request) is not { } service) GatewayForwarder.Fail(context, HttpStatusCode.BadRequest, GatewayForwarder.OfGateway);
            else await ForwardAsync(context, service, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            GatewayForwarder.Fail(context, HttpStatusCode.GatewayTimeout, GatewayForwarder.OfUpstream);
        }
    }

    private async Task ForwardAsync(HttpContext context, ServiceName service, CancellationToken cancellationToken)
    {
        var pods = cluster.Pods(service.ToString());
        if (pods.Count == 0)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            context.Response.Headers[GatewayForwarder.OriginHeader] = GatewayForwarder.OfGateway;
            await context.Response.WriteAsync($"cluster '{cluster.Name}' has no pods of {service}", cancellationToken).ConfigureAwait(false);
            return;
        }

        var first = (int)((uint)Interlocked.Increment(ref _turn) % (uint)pods.Count);
        await forwarder.ForwardAsync(context, pods.Skip(first).Concat(pods.Take(first)), cancellationToken).ConfigureAwait(false);
    }

    private void Keep(HttpContext context)
    {
        Interlocked.Increment(ref _arrived);
        var peer = context.Connection.ClientCertificate is { } certificate ? peers.IdentityOf(certificate) : null;
        _received.Enqueue(new FixtureGatewayRequest(
            peer ?? "",
            context.Request.Protocol,
            context.Request.Host.Value ?? "",
            context.Connection.Id,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.ToImmutableDictionary(static h => h.Key, static h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        while (_received.Count > Kept) _received.TryDequeue(out _);
    }

    private static TimeSpan? DeadlineOf(HttpRequest request) =>
        int.TryParse(request.Headers["mesh-deadline"], NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? TimeSpan.FromMilliseconds(ms) : null;

    private static ServiceName? ServiceOf(HttpRequest request)
    {
        var text = request.Headers["mesh-service"].ToString();
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return ServiceName.TryParse(colon < 0 ? text : text[..colon], out var service) ? service : null;
    }
}
