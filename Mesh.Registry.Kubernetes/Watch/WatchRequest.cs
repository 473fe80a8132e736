using System.Globalization;
using System.Text;

namespace Mesh.Watch;

/// <summary>Builds the requests of a watcher.</summary>
internal static class WatchRequest
{
    /// <summary>The page size that client-go asks for.</summary>
    public const int PageSize = 500;

    public static string List(WatchTarget target, WatchState.Listing listing)
    {
        var query = new StringBuilder(target.Type.Path(target.Namespace)).Append('?');
        if (listing.Limit is { } limit) Add(query, "limit", limit.ToString(CultureInfo.InvariantCulture));

        // A continue token carries its own resource version; the server refuses a second one.
        if (listing.Continue is { } token) Add(query, "continue", token);
        else if (listing.ResourceVersion.Length > 0) Add(query, "resourceVersion", listing.ResourceVersion);
        return Finish(query, target);
    }

    public static string Watch(WatchTarget target, string resourceVersion, int timeoutSeconds)
    {
        var query = new StringBuilder(target.Type.Path(target.Namespace)).Append('?');
        Add(query, "watch", "true");
        Add(query, "allowWatchBookmarks", "true");
        Add(query, "resourceVersion", resourceVersion);
        Add(query, "timeoutSeconds", timeoutSeconds.ToString(CultureInfo.InvariantCulture));
        return Finish(query, target);
    }

    /// <summary>What the answer may be; a server that knows no partial metadata sends whole objects.</summary>
    public static string Accept(WatchTarget target, bool isList) =>
        target.MetadataOnly
            ? $"application/json;as={(isList ? "PartialObjectMetadataList" : "PartialObjectMetadata")};g=meta.k8s.io;v=v1,application/json"
            : "application/json";

    private static string Finish(StringBuilder query, WatchTarget target)
    {
        if (target.LabelSelector is { Length: > 0 } labels) Add(query, "labelSelector", labels);
        if (target.FieldSelector is { Length: > 0 } fields) Add(query, "fieldSelector", fields);
        if (query[^1] is '&' or '?') query.Length--;
        return query.ToString();
    }

    private static void Add(StringBuilder query, string name, string value) =>
        query.Append(name).Append('=').Append(Uri.EscapeDataString(value)).Append('&');
}
