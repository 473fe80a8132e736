using System.Globalization;

namespace Mesh.Hashing;

/// <summary>
/// A ring as Envoy's (<c>ring_hash_lb.cc</c>; after ketama): each member has places at XXH64("address:port_i") for i = 0, 1, …; a key belongs to the first place at or after its own hash. With the
/// same members and weights it has the same places as Envoy's with its defaults, up to <see cref="Maximum"/>.
/// </summary>
internal sealed class HashRing : HashTable
{
    /// <summary>Envoy's <c>minimum_ring_size</c>.</summary>
    public const int Minimum = 1024;

    /// <summary>
    /// Envoy's <c>maximum_ring_size</c>, of which Envoy has 8 Mi unless it is told otherwise: weights are what sources say, each tier of each table has a ring, and 8 Mi places are 96 MB and seconds of work on a
    /// request's path. A million hold the largest and the smallest weight side by side.
    /// </summary>
    public const int Maximum = 1024 * 1024;

    private readonly ulong[] _places;

    private HashRing(ulong[] places, int[] owners)
        : base(owners) => _places = places;

    /// <summary>Where the places are, in order.</summary>
    public ReadOnlySpan<ulong> Places => _places;

    public static HashRing Build(HashMember[] members, int minimum = Minimum, int maximum = Maximum)
    {
        if (members.Length == 0)
        {
            return new HashRing([], []);
        }

        // The lightest gets a whole number of places, others in proportion. Parts of a place are carried over from one member to the next.
        var sum = (double)members.Sum(static m => (long)m.Weight);
        var least = members.Min(static m => m.Weight) / sum;
        var scale = Math.Min(Math.Ceiling(least * minimum) / least, maximum);
        var places = new List<ulong>((int)Math.Ceiling(scale) + 1);
        var owners = new List<int>(places.Capacity);
        var wanted = 0.0;
        foreach (var member in members)
        {
            wanted += scale * (member.Weight / sum);
            var name = new char[member.Name.Length + 12];
            member.Name.CopyTo(name);
            name[member.Name.Length] = '_';
            for (var i = 0; places.Count < wanted; i++)
            {
                i.TryFormat(name.AsSpan(member.Name.Length + 1), out var digits, default, CultureInfo.InvariantCulture);
                places.Add(KeyHash.Of(name.AsSpan(0, member.Name.Length + 1 + digits)));
                owners.Add(member.Index);
            }
        }

        var (positions, whose) = (places.ToArray(), owners.ToArray());
        Array.Sort(positions, whose);
        return new HashRing(positions, whose);
    }

    public override int Find(ulong hash)
    {
        var (low, high) = (0, _places.Length);
        while (low < high)
        {
            var middle = (int)((uint)(low + high) >> 1);
            if (_places[middle] < hash)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == _places.Length ? 0 : low;
    }
}
