namespace Mesh.Connection;

/// <summary>On behalf of whom requests are sent, by the fields <c>as</c>, <c>as-uid</c>, <c>as-groups</c> and <c>as-user-extra</c> of a user; headers as in client-go's <c>transport/round_trippers.go</c>.</summary>
internal static class Impersonation
{
    public static IReadOnlyList<KeyValuePair<string, string>> Headers(KubeconfigFields fields, string? user)
    {
        if (fields.UserField(user, "as") is not { Length: > 0 } name) return [];
        List<KeyValuePair<string, string>> headers = [new("Impersonate-User", name)];
        if (fields.UserField(user, "as-uid") is { Length: > 0 } uid) headers.Add(new("Impersonate-Uid", uid));
        headers.AddRange(fields.UserList(user, "as-groups").Select(static g => KeyValuePair.Create("Impersonate-Group", g)));

        // Keys are percent-encoded, since they may hold what a header's name may not.
        headers.AddRange(fields.UserLists(user, "as-user-extra").SelectMany(static e => e.Value.Select(v => KeyValuePair.Create($"Impersonate-Extra-{Uri.EscapeDataString(e.Key)}", v))));
        return headers;
    }
}
