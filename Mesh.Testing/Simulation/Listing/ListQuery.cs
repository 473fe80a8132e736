using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Mesh.Simulation;

/// <summary>The parameters of a list or a watch, read and checked.</summary>
internal sealed record ListQuery
{
    public required ObjectFilter Filter { get; init; }

    public string ResourceVersion { get; init; } = "";

    public string Match { get; init; } = "";

    public long Limit { get; init; }

    public string Continue { get; init; } = "";

    public bool Bookmarks { get; init; }

    public bool? SendInitialEvents { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>0 where none is given.</summary>
    public long Revision { get; init; }

    public static bool IsTrue(StringValues value) => value.Count > 0 && value[0] is not ("0" or "false" or "False" or "FALSE");

    public static ListQuery Parse(HttpRequest request, RequestInfo info, bool watch, bool watchListEnabled)
    {
        var query = request.Query;
        var version = query["resourceVersion"].ToString();
        var parsed = new ListQuery
        {
            Filter = new ObjectFilter(
                info.Namespace, LabelSelectorParser.Parse(query["labelSelector"].ToString()), FieldSelector.Parse(query["fieldSelector"].ToString())),
            ResourceVersion = version,
            Match = query["resourceVersionMatch"].ToString(),
            Limit = Number(query["limit"].ToString()) ?? 0,
            Continue = query["continue"].ToString(),
            Bookmarks = IsTrue(query["allowWatchBookmarks"]),
            SendInitialEvents = query.ContainsKey("sendInitialEvents") ? IsTrue(query["sendInitialEvents"]) : null,
            Timeout = Number(query["timeoutSeconds"].ToString()) is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null,
        };
        ListQueryRules.Validate(parsed, watch, watchListEnabled);
        return parsed with { Revision = ParseRevision(version, watch) };
    }

    private static long? Number(string text)
    {
        if (text.Length == 0) return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Refuse.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    public static long ParseRevision(string text, bool watch)
    {
        if (text.Length == 0) return 0;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)) return revision;
        var message = $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax";
        throw watch ? new ApiException(new ApiStatus(500, "", message)) : Refuse.BadRequest("invalid resource version: " + message);
    }
}
