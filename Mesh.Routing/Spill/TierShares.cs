namespace Mesh.Spill;

/// <summary>The part of new requests that each tier of a table gets, and the part that is shed. Immutable.</summary>
internal sealed class TierShares
{
    private readonly double[] _fractions;
    private readonly bool[] _full;
    private readonly bool[] _panic;
    private readonly bool[] _back;

    // Those with a share, and up to which random number each is drawn.
    private readonly int[] _drawn;
    private readonly ulong[] _upTo;

    /// <summary>Shares of any size: they are made to be 1 together with <paramref name="shed"/>.</summary>
    /// <param name="parts">Each tier's part, from 0 up; all 0 where nobody can be picked.</param>
    /// <param name="shed">The fraction that is shed, 0 to 1.</param>
    /// <param name="full">The tiers that bear no further request beyond their share; <see langword="null"/> for none.</param>
    /// <param name="panic">The tiers where too few are left, so that ejected ones are taken back; <see langword="null"/> for none.</param>
    /// <param name="back">The tiers whose refusing ones are taken back; <see langword="null"/> for none.</param>
    public TierShares(ReadOnlySpan<double> parts, double shed = 0, bool[]? full = null, bool[]? panic = null, bool[]? back = null)
    {
        _full = full ?? new bool[parts.Length];
        _panic = panic ?? new bool[parts.Length];
        _back = back ?? new bool[parts.Length];
        _fractions = new double[parts.Length];
        var sum = 0d;
        foreach (var part in parts)
        {
            sum += part;
        }

        var drawn = new List<int>();
        for (var t = 0; t < parts.Length && sum > 0; t++)
        {
            _fractions[t] = parts[t] / sum * (1 - shed);
            if (_fractions[t] > 0)
            {
                drawn.Add(t);
            }
        }

        Shed = sum > 0 || shed > 0 ? shed : 0;
        _drawn = [.. drawn];
        _upTo = new ulong[_drawn.Length];
        var total = 0d;
        for (var i = 0; i < _upTo.Length; i++)
        {
            total += _fractions[_drawn[i]];

            // Beside a share that is too small to be seen next to 1 the others are all of it already: twice 2⁶³ would begin again at 0.
            _upTo[i] = total >= 1 || (i == _upTo.Length - 1 && Shed == 0) ? ulong.MaxValue : (ulong)(total * (1UL << 63)) * 2;
        }

        Whole = _drawn.Length == 1 && Shed == 0 ? _drawn[0] : -1;
        Last = _drawn.Length == 0 ? -1 : _drawn[^1];
    }

    /// <summary>The shares of those who leave the nearest level after a failure there, while nothing else goes elsewhere; <see langword="null"/> where nobody says it, and the next tier takes them.</summary>
    public TierShares? Beyond { get; init; }

    /// <summary>The tier that gets everything, so that nothing is to be drawn; −1 where several have a share, or nobody has.</summary>
    public int Whole { get; }

    /// <summary>The last tier with a share; −1 where none has.</summary>
    public int Last { get; }

    /// <summary>The fraction that is answered at once, since nobody can carry it.</summary>
    public double Shed { get; }

    public int Count => _fractions.Length;

    /// <summary>The fraction that a tier gets.</summary>
    public double this[int tier] => _fractions[tier];

    /// <summary>Everything to one tier; to none where it is −1.</summary>
    public static TierShares AllTo(int tier, int count)
    {
        var parts = new double[count];
        if (tier >= 0)
        {
            parts[tier] = 1;
        }

        return new TierShares(parts);
    }

    /// <summary>Whether a tier bears no further request beyond its share, so that nothing is tried again there.</summary>
    public bool IsFull(int tier) => _full[tier];

    /// <summary>Whether too few of a tier's level are left, and nobody else can take over.</summary>
    public bool IsInPanic(int tier) => _panic[tier];

    /// <summary>Whether those of a tier that were ejected for refusing are taken back, since everybody else refuses as well.</summary>
    public bool TakesBack(int tier) => _back[tier];

    /// <summary>The tier that a random number falls to; −1 where it is shed.</summary>
    /// <param name="random">All 64 bits equally likely.</param>
    public int Draw(ulong random)
    {
        for (var i = 0; i < _upTo.Length; i++)
        {
            if (random <= _upTo[i])
            {
                return _drawn[i];
            }
        }

        return -1;
    }

    /// <summary>By how much the shares differ where they differ most.</summary>
    public double DistanceTo(TierShares other)
    {
        if (other.Count != Count)
        {
            return 1;
        }

        var most = Math.Abs(Shed - other.Shed);
        if (Beyond is not null && other.Beyond is not null)
        {
            // Few requests go by these, so that less exact ones will do.
            most = Math.Max(most, Beyond.DistanceTo(other.Beyond) / 10);
        }
        else if (Beyond is not null || other.Beyond is not null)
        {
            return 1;
        }

        for (var t = 0; t < _fractions.Length; t++)
        {
            most = Math.Max(most, _full[t] != other._full[t] || _panic[t] != other._panic[t] || _back[t] != other._back[t] ? 1 : Math.Abs(_fractions[t] - other._fractions[t]));
        }

        return most;
    }
}
