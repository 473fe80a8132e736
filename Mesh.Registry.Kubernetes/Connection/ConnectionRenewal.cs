namespace Mesh.Connection;

/// <summary>When credentials that say their end are renewed.</summary>
internal static class ConnectionRenewal
{
    private static readonly TimeSpan LongestLead = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    /// <summary>After four fifths of their life, two minutes before its end at the latest, and ten seconds after they were made at the soonest; <see langword="null"/> where they say no end.</summary>
    public static DateTimeOffset? DueAt(ApiClient client)
    {
        if (client.ExpiresAt is not { } end) return null;
        var lead = (end - client.MadeAt) / 5;
        var due = end - (lead < LongestLead ? lead : LongestLead);
        return due > client.MadeAt + Shortest ? due : client.MadeAt + Shortest;
    }
}
