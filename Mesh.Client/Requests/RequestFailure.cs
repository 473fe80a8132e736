using System.Globalization;
using System.Net.Sockets;
using Mesh.Transport;

namespace Mesh.Requests;

/// <summary>Puts into words why a request failed.</summary>
internal static class RequestFailure
{
    /// <summary>No endpoint could be picked, perhaps after some were tried.</summary>
    public static MeshRoutingException Of(RouteFailure failure, TryOutcome? last, in RequestAttempts attempts)
    {
        var tried = attempts.Repicks + attempts.Tries;
        var message = tried == 0 || last?.Exception is not { } exception
            ? failure.Message
            : $"{failure.Message} {Count(tried, "endpoint was", "endpoints were")} tried; the last: {Reason(exception)}";
        return new MeshRoutingException(failure.Service, failure.Status, HttpRequestError.ConnectionError, message, Inner(last?.Exception, SocketError.HostUnreachable));
    }

    /// <summary>Endpoints were tried, and the last failure is the answer.</summary>
    public static MeshRoutingException Of(ServiceRoute route, EffectivePolicy policy, TryOutcome last, in RequestAttempts attempts, TimeProvider time)
    {
        var tries = attempts.Repicks + attempts.Tries + (last.WasSent ? 1 : 0);
        var endpoint = last.Endpoint;
        var where = $"{endpoint.Address}:{endpoint.Port}" + (endpoint.Cluster.IsNone ? "" : $" in cluster '{endpoint.Cluster}'");
        if (last.Exception is OperationCanceledException)
        {
            var total = policy.Timeout != Timeout.InfiniteTimeSpan && time.GetElapsedTime(attempts.StartTimestamp) >= policy.Timeout;
            var limit = string.Create(CultureInfo.InvariantCulture, $"{(total ? policy.Timeout : policy.TryTimeout).TotalSeconds:0.###} s ({(total ? "Timeout" : "TryTimeout")})");
            return new MeshRoutingException(
                route.Service,
                null,
                HttpRequestError.Unknown,
                $"{route.Service} did not answer within {limit}; {Count(tries, "try was", "tries were")} made, the last at {where}. Raise the limit in the service's policy, or see mesh.Explain(\"{route.Service}\").",
                Inner(last.Exception, SocketError.TimedOut));
        }

        return new MeshRoutingException(
            route.Service,
            null,
            (last.Exception as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown,
            $"{route.Service} did not answer: {Count(tries, "try", "tries")} failed, the last at {where}: {Reason(last.Exception!)} mesh.Explain(\"{route.Service}\") shows the endpoints and their health.",
            last.Exception);
    }

    /// <summary>A pick's failure as a metric's tag.</summary>
    public static string Reason(PickStatus status) => status switch
    {
        PickStatus.Pending => "pending",
        PickStatus.UnknownService => "unknown_service",
        PickStatus.NoSuchPort => "no_such_port",
        PickStatus.Unreachable => "unreachable",
        PickStatus.TooManyRequests => "too_many_requests",
        _ => "no_usable_endpoint",
    };

    private static string Reason(Exception exception)
    {
        var text = (ConnectFailedException.Find(exception) ?? exception.InnerException ?? exception).Message;
        return text.EndsWith('.') ? text : text + ".";
    }

    // gRPC makes Unavailable of a SocketException in the chain, Internal of a chain without.
    private static Exception Inner(Exception? exception, SocketError otherwise)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is SocketException or IOException)
            {
                return exception!;
            }
        }

        return new SocketException((int)otherwise);
    }

    private static string Count(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";
}
