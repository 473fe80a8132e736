using System.Globalization;
using System.Net.Sockets;
using Mesh.Transport;

namespace Mesh.Requests;

/// <summary>Puts into words why a request failed.</summary>
internal static class RequestFailure
{
    /// <summary>No endpoint could be picked, and none was tried.</summary>
    public static MeshRoutingException Of(RouteFailure failure) =>
        new(failure.Service, failure.Status, HttpRequestError.ConnectionError, failure.Message, NothingDialled(failure));

    /// <summary>Endpoints were tried, and the last failure is the answer.</summary>
    /// <param name="context">What the clients have in common.</param>
    /// <param name="route">The service's route.</param>
    /// <param name="policy">The policy in force.</param>
    /// <param name="limit">How long the request might take in all.</param>
    /// <param name="last">The last failure.</param>
    /// <param name="attempts">What was tried.</param>
    /// <param name="also">A sentence more, or nothing.</param>
    public static MeshRoutingException Of(RequestContext context, ServiceRoute route, EffectivePolicy policy, TimeSpan limit, TryOutcome last, in RequestAttempts attempts, string also)
    {
        var service = route.Service;
        var tries = attempts.Repicks + attempts.Freed + attempts.Tries;
        var endpoint = last.Endpoint;
        var where = $"{(endpoint.Reach == Reach.Gateway ? "gateway " : "")}{endpoint.Address}:{endpoint.Port}" + (endpoint.Cluster.IsNone ? "" : $" in cluster '{endpoint.Cluster}'");
        var clusters = route.DescribeClusters();
        if (last.Exception is OperationCanceledException)
        {
            var total = limit != Timeout.InfiniteTimeSpan && context.TimeProvider.GetElapsedTime(attempts.StartTimestamp) >= limit;
            var within = total || policy.TryTimeout == Timeout.InfiniteTimeSpan ? Total(policy, limit) : Within(policy.TryTimeout, "TryTimeout");
            return new MeshRoutingException(
                service,
                null,
                HttpRequestError.Unknown,
                $"{service} did not answer within {within}; {Count(tries, "try was", "tries were")} made, the last at {where}. Raise the limit in the service's policy, or see mesh.Explain(\"{service}\"). {clusters}{also}",
                new SocketException((int)SocketError.TimedOut, $"No answer within {within}."));
        }

        return new MeshRoutingException(
            service,
            null,
            (last.Exception as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown,
            $"{service} did not answer: {Count(tries, "try", "tries")} failed, the last at {where}: {Reason(last.Exception!)} mesh.Explain(\"{service}\") shows the endpoints and their health. {clusters}{also}",
            Inner(last.Exception!));
    }

    /// <summary>The request's time was over before its body had been read, and nobody was asked.</summary>
    public static MeshRoutingException OfBody(ServiceName service, EffectivePolicy policy, TimeSpan limit)
    {
        var within = Total(policy, limit);
        return new MeshRoutingException(
            service,
            null,
            HttpRequestError.Unknown,
            $"The request to {service} was not sent: its own body did not come to its end within {within}. With MaxBufferedBody 0 a body is sent while it is read.",
            new SocketException((int)SocketError.TimedOut, $"No body within {within}."));
    }

    /// <summary>The mesh is gone. What the container, or the router, says of it does not name it.</summary>
    public static ObjectDisposedException OfDisposal(ObjectDisposedException disposed) =>
        new("The mesh that this client belongs to was disposed (its MeshRouting, or the host's services). Keep it as long as its clients.", disposed);

    /// <summary>A pick's failure as a metric's tag.</summary>
    public static string Reason(PickStatus status) => status switch
    {
        PickStatus.Pending => "pending",
        PickStatus.UnknownService => "unknown_service",
        PickStatus.NoSuchPort => "no_such_port",
        PickStatus.Unreachable => "unreachable",
        PickStatus.TooManyRequests => "too_many_requests",
        PickStatus.Shed => "shed",
        _ => "no_usable_endpoint",
    };

    private static string Total(EffectivePolicy policy, TimeSpan limit) => Within(limit, limit == policy.Timeout ? "Timeout" : "the deadline that the request brought along");

    private static string Within(TimeSpan time, string name) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s ({name})");

    // gRPC wants a socket's failure; one in the system's words (no route to host) would send people to their firewall.
    private static SocketException NothingDialled(RouteFailure failure) =>
        new((int)SocketError.HostUnreachable, $"Nothing was dialled: the mesh has no endpoint of {failure.Service} to send the request to ({failure.Status}). The exception around this one says why.");

    private static string Reason(Exception exception)
    {
        var text = (ConnectFailedException.Find(exception) ?? exception.InnerException ?? exception).Message;
        return text.EndsWith('.') ? text : text + ".";
    }

    // gRPC makes Unavailable of a SocketException in the chain, Internal of a chain without.
    private static Exception Inner(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is SocketException or IOException)
            {
                return exception;
            }
        }

        return new SocketException((int)SocketError.ConnectionAborted, Reason(exception));
    }

    private static string Count(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";
}
