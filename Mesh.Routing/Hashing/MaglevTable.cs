namespace Mesh.Hashing;

/// <summary>
/// Google's Maglev table (Eisenbud et al., NSDI 2016, listing 1) with Envoy's size, permutation and weights (<c>maglev_lb.cc</c>): members take turns, each claiming the next free place of its own
/// permutation; one of weight w takes a turn in w of the heaviest's w<sub>max</sub>.
/// </summary>
internal sealed class MaglevTable : HashTable
{
    /// <summary>Envoy's <c>table_size</c>, a prime.</summary>
    public const int Size = 65_537;

    private readonly ulong _size;

    private MaglevTable(int[] owners)
        : base(owners) => _size = (ulong)owners.Length;

    public static MaglevTable Build(HashMember[] members, int size = Size)
    {
        if (members.Length == 0)
        {
            return new MaglevTable([]);
        }

        var owners = new int[size];
        Array.Fill(owners, -1);
        var next = Array.ConvertAll(members, m => KeyHash.Of(m.Name) % (uint)size);
        var skip = Array.ConvertAll(members, m => KeyHash.Of(m.Name, seed: 1) % (uint)(size - 1) + 1);
        var sum = (double)members.Sum(static m => (long)m.Weight);
        var most = members.Max(static m => m.Weight) / sum;
        var due = new double[members.Length];

        // Whose turn it is next: by round, then by order. In rounds without a turn nobody is looked at, however many light members wait.
        var turns = new PriorityQueue<int, (long Round, int Order)>(members.Select(static (_, i) => (i, (1L, i))));
        for (var filled = 0; filled < size; filled++)
        {
            turns.TryPeek(out var member, out var turn);
            var place = next[member];
            while (owners[place] >= 0)
            {
                place = (place + skip[member]) % (uint)size;
            }

            owners[place] = members[member].Index;
            next[member] = (place + skip[member]) % (uint)size;
            due[member] += most;
            turns.DequeueEnqueue(member, (RoundAfter(turn.Round, members[member].Weight / sum, due[member]), member));
        }

        return new MaglevTable(owners);
    }

    public override int Find(ulong hash) => (int)(hash % _size);

    // The first later round k with k × weight ≥ due, in Envoy's arithmetic.
    private static long RoundAfter(long round, double weight, double due)
    {
        var next = Math.Max(round + 1, (long)(due / weight) - 1);
        while (next * weight < due)
        {
            next++;
        }

        return next;
    }
}
