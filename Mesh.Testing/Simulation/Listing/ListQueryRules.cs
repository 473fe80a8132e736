namespace Mesh.Simulation;

/// <summary>
/// Which parameters go together (<c>k8s.io/apimachinery/pkg/apis/meta/internalversion/validation</c>).
/// </summary>
internal static class ListQueryRules
{
    public static void Validate(ListQuery query, bool watch, bool watchListEnabled)
    {
        var errors = new FieldErrors();
        if (watch) Watch(query, watchListEnabled, errors);
        else List(query, errors);
        if (errors.All.Count > 0) throw Refuse.Invalid("ListOptions", "meta.k8s.io", "", errors.All);
    }

    private static void Watch(ListQuery query, bool watchListEnabled, FieldErrors errors)
    {
        if (query.SendInitialEvents is not null)
        {
            if (query.Match != "NotOlderThan")
                errors.Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
            if (!watchListEnabled)
                errors.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled");
        }
        else if (query.Match.Length > 0)
        {
            errors.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        }

        if (query.Match.Length > 0 && query.Match != "NotOlderThan") errors.NotSupported("resourceVersionMatch", query.Match, "NotOlderThan");
    }

    private static void List(ListQuery query, FieldErrors errors)
    {
        if (query.Match.Length > 0)
        {
            if (query.ResourceVersion.Length == 0)
                errors.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
            if (query.Continue.Length > 0) errors.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
            if (query.Match is not ("Exact" or "NotOlderThan"))
                errors.NotSupported("resourceVersionMatch", query.Match, "Exact", "NotOlderThan", "");
            if (query is { Match: "Exact", ResourceVersion: "0" })
                errors.Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }

        if (query.SendInitialEvents is not null) errors.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
    }
}
