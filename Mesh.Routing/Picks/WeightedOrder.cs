using System.Collections.Immutable;

namespace Mesh.Picks;

/// <summary>The members of a tier on a line, each as long as its weight: a point on it is a member.</summary>
internal sealed class WeightedOrder
{
    private readonly ImmutableArray<EndpointState> _members;
    private readonly long[]? _ends;

    public WeightedOrder(ImmutableArray<EndpointState> members)
    {
        _members = members;
        if (members.IsEmpty || members.All(m => m.Weight == members[0].Weight))
        {
            return;
        }

        _ends = new long[members.Length];
        var end = 0L;
        for (var i = 0; i < _ends.Length; i++)
        {
            _ends[i] = end += members[i].Weight;
        }
    }

    /// <summary>Whether all weigh the same.</summary>
    public bool IsEven => _ends is null;

    /// <summary>What a member weighs on average.</summary>
    public double MeanWeight => _ends is null ? (_members.IsEmpty ? 1 : _members[0].Weight) : (double)_ends[^1] / _ends.Length;

    /// <summary>Whether these are all the members: a re-pick brings a part of them, in an array of its own.</summary>
    public bool IsWhole(ReadOnlySpan<EndpointState> endpoints) => endpoints == _members.AsSpan();

    /// <summary>The member at a point from 0 (the beginning) to 2⁶⁴ − 1 (the end).</summary>
    public int IndexAt(ulong point)
    {
        if (_ends is null)
        {
            return (int)Math.BigMul(point, (ulong)_members.Length, out _);
        }

        var position = (long)Math.BigMul(point, (ulong)_ends[^1], out _);
        var index = Array.BinarySearch(_ends, position);
        return index >= 0 ? index + 1 : ~index;
    }

    /// <summary>A member of a part of a tier, by weight.</summary>
    public static int Among(in PickContext context)
    {
        var total = 0L;
        foreach (var endpoint in context.Endpoints)
        {
            total += endpoint.Weight;
        }

        var position = (long)Math.BigMul(context.NextRandom(), (ulong)total, out _);
        for (var i = 0; i < context.Endpoints.Length; i++)
        {
            position -= context.Endpoints[i].Weight;
            if (position < 0)
            {
                return i;
            }
        }

        return context.Endpoints.Length - 1;
    }
}
