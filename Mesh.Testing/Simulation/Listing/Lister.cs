namespace Mesh.Simulation;

/// <summary>Answers lists: which revision they show, filtered and cut into pages.</summary>
internal sealed class Lister(ObjectStore store)
{
    private const string ExpiredContinue =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

    public ListPage List(ResourceType type, ListQuery query, bool expireContinue)
    {
        if (query.Continue.Length > 0)
        {
            var token = ContinueToken.Decode(query.Continue);
            var snapshot = token.Revision < 0 ? store.Snapshot(type) : expireContinue ? null : store.SnapshotAt(type, token.Revision);
            if (snapshot is null)
                throw new ApiException(new ApiStatus(410, "Expired", ExpiredContinue) { Continue = (token with { Revision = -1 }).Encode() });
            return Page(snapshot, query, token.After);
        }

        var current = store.Snapshot(type);
        if (query.Revision > current.Revision) throw Refuse.FutureVersion(query.Revision, current.Revision);

        // A limit with a revision and no rule for it means exactly that revision, for clients of old.
        if (query.Match == "Exact" || query is { Match: "", Revision: > 0, Limit: > 0 })
        {
            current = store.SnapshotAt(type, query.Revision)
                ?? throw new ApiException(new ApiStatus(410, "Expired", "The resourceVersion for the provided list is too old."));
        }

        // From the watch cache, which does not page.
        return Page(current, query.ResourceVersion == "0" ? query with { Limit = 0 } : query, "");
    }

    private static ListPage Page(StoreSnapshot snapshot, ListQuery query, string after)
    {
        var candidates = snapshot.In(query.Filter.Namespace);
        var found = new List<StoredObject>(query.Limit > 0 ? (int)Math.Min(query.Limit, candidates.Count) : candidates.Count);
        var cut = false;
        var remaining = 0L;
        foreach (var candidate in candidates)
        {
            if (after.Length > 0 && string.CompareOrdinal(candidate.Key, after) <= 0 || !query.Filter.Matches(candidate)) continue;
            if (query.Limit > 0 && found.Count == query.Limit)
            {
                cut = true;
                remaining++;
                continue;
            }

            found.Add(candidate);
        }

        return new ListPage(snapshot.Revision, found, cut ? new ContinueToken(snapshot.Revision, found[^1].Key).Encode() : "", cut ? remaining : null);
    }
}
