using System.Globalization;
using System.Text;

namespace Mesh.Watch;

/// <summary>Builds the requests of a watcher.</summary>
internal static class WatchRequest
{
    public const string Json = "application/json";

    public const string Protobuf = "application/vnd.kubernetes.protobuf";

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

    /// <summary>The state there is, object by object, and then its changes (KEP-3157).</summary>
    public static string InitialWatch(WatchTarget target, string resourceVersion, int timeoutSeconds)
    {
        var query = new StringBuilder(target.Type.Path(target.Namespace)).Append('?');
        Add(query, "watch", "true");
        Add(query, "allowWatchBookmarks", "true");
        Add(query, "sendInitialEvents", "true");

        // Servers refuse it without.
        Add(query, "resourceVersionMatch", "NotOlderThan");
        Add(query, "resourceVersion", resourceVersion);
        Add(query, "timeoutSeconds", timeoutSeconds.ToString(CultureInfo.InvariantCulture));
        return Finish(query, target);
    }

    /// <summary>The smallest list that is not older than a version: a server that is behind refuses it.</summary>
    public static string Probe(WatchTarget target, string resourceVersion)
    {
        var query = new StringBuilder(target.Type.Path(target.Namespace)).Append('?');
        Add(query, "limit", "1");
        Add(query, "resourceVersionMatch", "NotOlderThan");
        Add(query, "resourceVersion", resourceVersion);

        // A label selector could make the server look through everything for its first match.
        return Finish(query, target with { LabelSelector = null });
    }

    /// <summary>What the answer may be; a server that knows no partial metadata sends whole objects.</summary>
    public static string Accept(WatchTarget target, bool isList, bool protobuf)
    {
        var form = !target.MetadataOnly ? "" : isList ? ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1" : ";as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
        var accept = protobuf ? $"{Protobuf}{form},{Json}{form}" : Json + form;
        return form.Length == 0 ? accept : $"{accept},{Json}";
    }

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
