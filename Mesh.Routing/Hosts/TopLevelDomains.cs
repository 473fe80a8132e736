using System.Collections.Frozen;

namespace Mesh.Hosts;

/// <summary>
/// Namespaces that are also ends of public host names. A namespace that is merely seen must not take such hosts over: whoever may create a namespace in some cluster could
/// otherwise answer for github.com or crates.io.
/// </summary>
internal static class TopLevelDomains
{
    private static readonly FrozenSet<string> Reserved =
        FrozenSet.ToFrozenSet(["arpa", "com", "edu", "gov", "local", "localhost", "mil", "net", "org"], StringComparer.Ordinal);

    // The generic ones that applications call. The list need not be complete: one that is not here is taken over only where a namespace of its name exists.
    private static readonly FrozenSet<string> Generic = FrozenSet.ToFrozenSet(
        [
            "academy", "agency", "amazon", "app", "art", "auto", "aws", "bank", "bet", "bio", "biz", "blog", "cafe", "camp", "care", "cash", "center", "chat", "city", "click",
            "cloud", "club", "codes", "company", "consulting", "cool", "dev", "digital", "direct", "download", "education", "email", "energy", "expert", "express", "finance",
            "fit", "foo", "foundation", "fun", "games", "global", "goog", "google", "group", "guru", "health", "help", "host", "hosting", "icu", "inc", "info", "ink", "int",
            "jobs", "land", "life", "link", "live", "ltd", "market", "marketing", "media", "microsoft", "mobi", "money", "museum", "name", "network", "new", "news", "ninja",
            "one", "online", "page", "partners", "pay", "photos", "plus", "press", "pro", "run", "sale", "school", "science", "security", "services", "shop", "site", "software",
            "solutions", "space", "store", "stream", "studio", "style", "support", "systems", "team", "tech", "technology", "tel", "tips", "today", "tools", "top", "trade",
            "training", "travel", "video", "vip", "web", "website", "wiki", "work", "works", "world", "xyz", "zip", "zone",
        ],
        StringComparer.Ordinal);

    /// <summary>Whether no host under it is ever a service unless its namespace is configured.</summary>
    public static bool IsReserved(string label) => Reserved.Contains(label);

    /// <summary>Whether hosts under it may be public ones: every two-letter label is a country's, and <c>xn--</c> begins those in other scripts.</summary>
    public static bool MayBePublic(string label) =>
        (label.Length == 2 && char.IsAsciiLetter(label[0]) && char.IsAsciiLetter(label[1])) || label.StartsWith("xn--", StringComparison.Ordinal) || Generic.Contains(label);
}
