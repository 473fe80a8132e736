namespace Mesh.Hashing;

/// <summary>One who gets keys.</summary>
/// <param name="Name">What its places are computed from.</param>
/// <param name="Weight">Its share beside others, at least 1.</param>
/// <param name="Index">Which of the members it is.</param>
internal readonly record struct HashMember(string Name, int Weight, int Index)
{
    /// <summary>
    /// The members in the order in which tables are filled: by name, so that every process makes the same table in whatever order it heard of them. Where two have one name (the same
    /// address in two networks) the later one gets a name of its own; it would get no key otherwise.
    /// </summary>
    public static HashMember[] Of(IReadOnlyList<EndpointState> endpoints)
    {
        var members = new HashMember[endpoints.Count];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < members.Length; i++)
        {
            var endpoint = endpoints[i];
            var name = KeyHash.NameOf(endpoint.Address, endpoint.Port);
            for (var plain = name; !names.Add(name);)
            {
                name = $"{plain}@{endpoint.Cluster}#{names.Count}";
            }

            members[i] = new HashMember(name, endpoint.Weight, i);
        }

        Array.Sort(members, static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return members;
    }
}
