using System.Collections.Immutable;
using Mesh.Hashing;

namespace Mesh.Affinity;

/// <summary>
/// Requests of one session go to one endpoint of the tier (<see cref="PickHints.Session"/>), in every process alike and without memory: rendezvous hashing over all who may be picked, so that where one
/// is ejected or gone its sessions alone move, and come back with it. Requests without a session go where the algorithm says.
/// </summary>
internal sealed class AffinityPicker : EndpointPicker
{
    private readonly EndpointPicker _algorithm;
    private readonly ImmutableArray<EndpointState> _tier;
    private readonly ulong[] _mixed;
    private readonly bool _isEven;

    /// <param name="algorithm">For requests without a session.</param>
    /// <param name="tier">All who may be picked.</param>
    public AffinityPicker(EndpointPicker algorithm, ImmutableArray<EndpointState> tier)
    {
        _algorithm = algorithm;
        _tier = tier;

        // Side by side, and mixed as far as they can be without a session: it looks at all of them.
        _mixed = [.. tier.Select(static e => KeyHash.Mix(e.Id))];
        _isEven = tier.All(e => e.Weight == tier[0].Weight);
    }

    public override int Pick(in PickContext context)
    {
        if (context.Hints.Session is not { } session)
        {
            return _algorithm.Pick(context);
        }

        return _isEven && context.Endpoints == _tier.AsSpan() ? Best(session) : Rendezvous.Pick(context.Endpoints, session);
    }

    private int Best(ulong session)
    {
        var (best, most) = (0, 0UL);
        for (var i = 0; i < _mixed.Length; i++)
        {
            var score = Rendezvous.ScoreOfMixed(session, _mixed[i]);
            if (score > most)
            {
                (best, most) = (i, score);
            }
        }

        return best;
    }
}
