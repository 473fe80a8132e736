using Mesh.Connection;
using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>Says what is wrong with a cluster and what to do about it.</summary>
internal static class FailureText
{
    /// <summary>One text for all failures of a cluster at one moment; the same causes give the same text.</summary>
    public static string Of(ClusterId cluster, string address, IReadOnlyCollection<WatchFailure> failures)
    {
        var forbidden = failures.Where(static f => f.Kind == WatchFailureKind.Forbidden).ToList();
        var main = failures.FirstOrDefault(static f => f.Kind != WatchFailureKind.Forbidden);
        return main is null ? Forbidden(cluster, forbidden) : One(cluster, address, main);
    }

    /// <summary>Why a newly configured connection was not taken.</summary>
    public static string Of(ConnectionRefusal refusal)
    {
        var what = refusal.Kind switch
        {
            _ when refusal.Address is not { } => refusal.Message,
            WatchFailureKind.Unauthorized => $"{refusal.Address} refuses its credentials (401)",
            WatchFailureKind.Certificate => $"{refusal.Address} is not trusted: {refusal.Message}",
            WatchFailureKind.Unreachable => $"{refusal.Address} cannot be reached: {refusal.Message}",
            _ => $"{refusal.Address}: {refusal.Message}",
        };
        return $"{what.TrimEnd('.', ' ')}. The connection in use is kept; the new one is tried again.";
    }

    private static string One(ClusterId cluster, string address, WatchFailure failure) => failure.Kind switch
    {
        WatchFailureKind.Unreachable or WatchFailureKind.Idle =>
            $"The API server of cluster {cluster} at {address} cannot be reached: {Cause(failure)}. Check that it runs, and that this process may connect to it.",
        WatchFailureKind.EndedAtOnce =>
            $"The API server of cluster {cluster} at {address} ends watches at once. Check for proxies on the way that do not let answers stream.",
        WatchFailureKind.Certificate => $"The API server of cluster {cluster} at {address} is not trusted: {Cause(failure)}.",
        WatchFailureKind.Unauthorized =>
            $"Cluster {cluster} at {address} refuses the credentials (401), also after reading them again. Renew the token or certificate in its kubeconfig.",
        WatchFailureKind.Configuration => $"Cluster {cluster} cannot be connected to: {Cause(failure)}. The connection in use, if any, is kept.",
        WatchFailureKind.Overloaded => $"The API server of cluster {cluster} at {address} asks to come later ({failure.StatusCode}): {Cause(failure)}.",
        WatchFailureKind.Malformed => $"Cluster {cluster} at {address} sent something that is not Kubernetes' protocol: {Cause(failure)}. Check for proxies on the way.",
        WatchFailureKind.TooMany =>
            $"Cluster {cluster} at {address} has more {failure.Target} than are taken: {Cause(failure)}. What was known of it stays in use. Raise the limit if that is right, or narrow Namespaces, Services or LabelSelector.",
        _ => $"Cluster {cluster} at {address} refuses to {failure.Verb} {failure.Target} ({failure.StatusCode}): {Cause(failure)}.",
    };

    private static string Forbidden(ClusterId cluster, List<WatchFailure> failures)
    {
        var missing = failures.Select(static f => $"{f.Verb} {f.Target}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return $"In cluster {cluster} the permission is missing to {string.Join(", ", missing)} (403: {Cause(failures[0])}). "
            + "Grant list and watch on it by a Role or ClusterRole (deploy/rbac has them), or narrow Namespaces.";
    }

    // A sentence follows it.
    private static string Cause(WatchFailure failure) => failure.Message.TrimEnd('.', ' ');
}
