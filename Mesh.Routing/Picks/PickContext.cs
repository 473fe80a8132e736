using System.Diagnostics.CodeAnalysis;

namespace Mesh;

/// <summary>What an <see cref="EndpointPicker"/> chooses from.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "A ref struct is not compared.")]
public readonly ref struct PickContext
{
    private readonly ref ulong _random;

    // Not copied: most picks look at none of it.
    private readonly ref readonly PickHints _hints;

    internal PickContext(ReadOnlySpan<EndpointState> endpoints, in PickHints hints, ref ulong random)
    {
        Endpoints = endpoints;
        _hints = ref hints;
        _random = ref random;
    }

    /// <summary>
    /// The endpoints that may take the request now; at least one. All of the tier's that may be picked, or, for a second try, a part of them; where nobody else is left, those that are ejected and were not
    /// tried (of <see cref="TierMembers.All"/>).
    /// </summary>
    public ReadOnlySpan<EndpointState> Endpoints { get; }

    /// <summary>What of the request matters.</summary>
    public PickHints Hints => _hints;

    internal PickContext Among(ReadOnlySpan<EndpointState> endpoints) => new(endpoints, in _hints, ref _random);

    /// <summary>A random number, all 64 bits equally likely, from the router's seed; no lock.</summary>
    public ulong NextRandom()
    {
        // SplitMix64 (Steele, Lea, Flood 2014): one addition of state, full period, passes BigCrush.
        var z = _random += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A random number from 0 to <paramref name="count"/> − 1.</summary>
    /// <param name="count">How many there are to choose from, at least 1.</param>
    public int NextIndex(int count) => (int)(((NextRandom() >> 32) * (uint)count) >> 32);
}
