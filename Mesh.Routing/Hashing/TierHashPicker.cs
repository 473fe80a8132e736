using System.Collections.Immutable;

namespace Mesh.Hashing;

/// <summary>
/// Hashing in one tier as health is now. With a bound (Mirrokni, Thorup, Zadimoghaddam 2016) an endpoint that has more than its part of what is in flight passes requests on: as Envoy does, to places
/// that the key draws at random and not to the next one, which would bury one neighbour after another (Chen et al. 2019).
/// </summary>
internal sealed class TierHashPicker : EndpointPicker
{
    // So many places in a row without a usable owner: the rest of the way is longer than asking everybody.
    private const int MaxSteps = 256;
    private const int MaxJumps = 32;
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ImmutableArray<EndpointState> _all;
    private readonly ImmutableArray<EndpointState> _usable;
    private readonly Lazy<HashTable> _table;
    private readonly int[]? _places;
    private readonly int _balanceFactor;
    private readonly double _weight;

    /// <param name="tier">The tier.</param>
    /// <param name="table">The table of all its members.</param>
    public TierHashPicker(TierMembers tier, Lazy<HashTable> table)
    {
        _all = tier.All;
        _usable = tier.Endpoints;
        _table = table;
        _balanceFactor = tier.Policy.HashBalanceFactor;
        _weight = _usable.Sum(static e => (double)e.Weight);
        if (_all.AsSpan() != _usable.AsSpan())
        {
            var places = new Dictionary<EndpointState, int>(_usable.Length);
            for (var i = 0; i < _usable.Length; i++)
            {
                places[_usable[i]] = i;
            }

            _places = [.. _all.Select(e => places.GetValueOrDefault(e, -1))];
        }
    }

    public override bool IsConsistent => true;

    public override int Pick(in PickContext context)
    {
        if (context.Endpoints.Length <= 1)
        {
            return context.Endpoints.Length - 1;
        }

        var hash = context.Hints.Hash ?? context.NextRandom();
        var table = _table.Value;
        var isWhole = context.Endpoints == _usable.AsSpan();
        var first = From(table, table.Find(hash), context.Endpoints, isWhole, MaxSteps);
        first = first >= 0 ? first : Rendezvous.Pick(context.Endpoints, hash);
        return _balanceFactor == 0 || context.Endpoints[first].InFlight <= 1 || HasRoom(context.Endpoints[first], Slots(context.Endpoints[first]))
            ? first
            : Elsewhere(table, hash, first, context.Endpoints, isWhole);
    }

    // The owner of the place or of the next ones, among those that may be picked.
    private int From(HashTable table, int place, ReadOnlySpan<EndpointState> endpoints, bool isWhole, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            var owner = table.OwnerAt(place);
            var index = isWhole ? _places is null ? owner : _places[owner] : endpoints.IndexOf(_all[owner]);
            if (index >= 0)
            {
                return index;
            }

            place = place + 1 == table.Length ? 0 : place + 1;
        }

        return -1;
    }

    // Envoy's bound: factor × what is in flight, this request included, × the endpoint's part of the weight, rounded up.
    private int Slots(EndpointState endpoint)
    {
        var total = ((endpoint.ServiceInFlight + 1L) * _balanceFactor + 99) / 100;
        return Math.Max(1, (int)Math.Ceiling(total * (endpoint.Weight / _weight)));
    }

    private static bool HasRoom(EndpointState endpoint, int slots) => endpoint.InFlight <= slots;

    private int Elsewhere(HashTable table, ulong hash, int first, ReadOnlySpan<EndpointState> endpoints, bool isWhole)
    {
        for (var jump = 1; jump <= MaxJumps; jump++)
        {
            var index = From(table, table.Find(KeyHash.Mix(hash + (ulong)jump * Golden)), endpoints, isWhole, steps: 1);
            if (index >= 0 && index != first && HasRoom(endpoints[index], Slots(endpoints[index])))
            {
                return index;
            }
        }

        // Nearly everybody is full: the one that is least so.
        var (best, least) = (first, double.PositiveInfinity);
        for (var i = 0; i < endpoints.Length; i++)
        {
            var load = endpoints[i].InFlight / (double)Slots(endpoints[i]);
            if (load < least)
            {
                (best, least) = (i, load);
            }
        }

        return best;
    }
}
