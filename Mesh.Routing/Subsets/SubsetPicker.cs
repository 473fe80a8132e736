using System.Buffers;
using System.Collections.Immutable;

namespace Mesh.Subsets;

/// <summary>An algorithm over a part of a tier.</summary>
/// <param name="algorithm">The algorithm, made for the part.</param>
/// <param name="tier">All who may be picked.</param>
/// <param name="subset">The part.</param>
/// <param name="places">Where each of the part stands in the tier.</param>
internal sealed class SubsetPicker(EndpointPicker algorithm, ImmutableArray<EndpointState> tier, EndpointState[] subset, int[] places) : EndpointPicker
{
    private readonly HashSet<EndpointState> _members = [.. subset];

    public override int Pick(in PickContext context)
    {
        if (context.Endpoints != tier.AsSpan())
        {
            return PickAmong(context);
        }

        var index = algorithm.Pick(context.Among(subset));
        return (uint)index < (uint)places.Length ? places[index] : -1;
    }

    // A request that may not go to some of them stays within the subset where that has others.
    private int PickAmong(in PickContext context)
    {
        var found = ArrayPool<EndpointState>.Shared.Rent(context.Endpoints.Length);
        var at = ArrayPool<int>.Shared.Rent(context.Endpoints.Length);
        try
        {
            var count = 0;
            for (var i = 0; i < context.Endpoints.Length; i++)
            {
                if (_members.Contains(context.Endpoints[i]))
                {
                    found[count] = context.Endpoints[i];
                    at[count++] = i;
                }
            }

            if (count == 0)
            {
                return algorithm.Pick(context);
            }

            var index = algorithm.Pick(context.Among(found.AsSpan(0, count)));
            return (uint)index < (uint)count ? at[index] : -1;
        }
        finally
        {
            ArrayPool<EndpointState>.Shared.Return(found, clearArray: true);
            ArrayPool<int>.Shared.Return(at);
        }
    }
}
