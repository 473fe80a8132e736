using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Mesh.Tables;

namespace Mesh.Affinity;

/// <summary>What makes the choices of one session, or of one key, the same ones.</summary>
internal static class Sessions
{
    // Made for a table when somebody first comes with a cookie.
    private static readonly ConditionalWeakTable<RoutingTable, FrozenDictionary<ulong, (EndpointState Endpoint, int Tier)>> Tables = [];

    /// <summary>The endpoint that the request's session is at, where it may be picked.</summary>
    public static bool TryFind(RoutingTable table, in PickHints hints, long generation, out PickResult found)
    {
        found = default;
        if (hints.SessionEndpoint is not { } id || !Tables.GetValue(table, Index).TryGetValue(id, out var at))
        {
            return false;
        }

        found = PickResult.Of(new EndpointLease(at.Endpoint, generation), at.Tier);
        return true;
    }

    /// <summary>Whether there may be such a key: told at once, since most requests have none.</summary>
    public static bool HasKey(in PickHints hints) => hints.Hash.HasValue || hints.Session.HasValue;

    /// <summary>
    /// The random state of requests that must go the same way each time: which tier they go to, and whether they belong to the drained part of a cluster's share, is drawn from their own key.
    /// </summary>
    public static bool TrySeed(RoutingTable table, in PickHints hints, out ulong state)
    {
        var key = hints.Session ?? (table.Layout.Picker.IsConsistent ? hints.Hash : null);
        state = key.GetValueOrDefault();
        return key is not null;
    }

    private static FrozenDictionary<ulong, (EndpointState, int)> Index(RoutingTable table)
    {
        var found = new Dictionary<ulong, (EndpointState, int)>();
        for (var t = 0; t < table.Tiers.Length; t++)
        {
            foreach (var endpoint in table.Tiers[t].Endpoints)
            {
                found.TryAdd(endpoint.Id, (endpoint, t));
            }
        }

        return found.ToFrozenDictionary();
    }
}
