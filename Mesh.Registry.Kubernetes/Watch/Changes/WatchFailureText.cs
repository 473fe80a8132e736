namespace Mesh.Watch;

/// <summary>Says what keeps a watch from its changes, and what to do about it.</summary>
internal static class WatchFailureText
{
    public static string Of(string address, WatchFailure failure)
    {
        var code = failure.StatusCode > 0 ? $" ({failure.StatusCode})" : "";
        return $"Cannot {failure.Verb} {failure.Target} at {address}{code}: {failure.Message.TrimEnd('.', ' ')}. {Advice(failure)}It is tried again.";
    }

    private static string Advice(WatchFailure failure) => failure switch
    {
        { Kind: WatchFailureKind.Unreachable or WatchFailureKind.Idle } => "Check that the API server runs, and that this process may connect to it. ",
        { Kind: WatchFailureKind.Unauthorized } => "Renew the token or certificate. ",
        { Kind: WatchFailureKind.Forbidden } => $"Grant list and watch on {failure.Target.Type} by a Role or ClusterRole. ",
        { Kind: WatchFailureKind.Malformed or WatchFailureKind.EndedAtOnce } => "Check for proxies on the way. ",
        { Kind: WatchFailureKind.TooMany } => "Raise the limit if that is right, or narrow the watch by a namespace or selectors. ",
        { StatusCode: 404 } => "Install its CustomResourceDefinition, or correct group, version and plural. ",
        _ => "",
    };
}
