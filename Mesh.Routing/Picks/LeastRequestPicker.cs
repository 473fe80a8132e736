namespace Mesh.Picks;

/// <summary>
/// The default: of two distinct random endpoints the one of lower cost × (requests in flight + 1) (power of two choices, Mitzenmacher 2001; cost:
/// <see cref="PeakEwma"/>). Up to four endpoints are all compared. One without measurements counts as typical, and is preferred where all else is equal.
/// Where weights differ, see <see cref="WeightedLeastRequestPicker"/>.
/// </summary>
internal sealed class LeastRequestPicker : EndpointPicker
{
    public const string Name = "least-request";

    private const int ScanLimit = 4;
    private const double Curiosity = 1e-9;

    private static readonly double[] Logarithms = [.. Enumerable.Range(0, 1024).Select(static i => Math.Log(i + 1))];

    public override EndpointPicker ForTier(TierMembers tier)
    {
        var order = new WeightedOrder(tier.Endpoints);
        return order.IsEven ? this : new WeightedLeastRequestPicker(order);
    }

    public override int Pick(in PickContext context)
    {
        var endpoints = context.Endpoints;
        if (endpoints.Length <= ScanLimit)
        {
            return endpoints.Length == 1 ? 0 : Scan(context);
        }

        // One random number gives both indices; the second is drawn from the others, so that they differ.
        var random = context.NextRandom();
        var first = (int)(((random >> 32) * (uint)endpoints.Length) >> 32);
        var second = (int)(((random & uint.MaxValue) * (uint)(endpoints.Length - 1)) >> 32);
        if (second >= first)
        {
            second++;
        }

        return IsCheaper(endpoints[second].Score, LoadOf(endpoints[second]), endpoints[first].Score, LoadOf(endpoints[first])) ? second : first;
    }

    /// <summary>Compares two endpoints by score and the logarithm of their load.</summary>
    internal static bool IsCheaper(double leftScore, double leftLoad, double rightScore, double rightLoad)
    {
        // NaN makes the comparison false: the usual case costs one test.
        var difference = leftScore + leftLoad - rightScore - rightLoad;
        if (!double.IsNaN(difference))
        {
            return difference < 0;
        }

        return leftLoad - (double.IsNaN(leftScore) ? Curiosity : 0) < rightLoad - (double.IsNaN(rightScore) ? Curiosity : 0);
    }

    // ln(in flight + 1): what an endpoint's load adds to its score.
    private static double LoadOf(EndpointState endpoint)
    {
        var inFlight = (uint)endpoint.InFlight;
        return inFlight < (uint)Logarithms.Length ? Logarithms[inFlight] : Math.Log(inFlight + 1.0);
    }

    private static int Scan(in PickContext context)
    {
        var endpoints = context.Endpoints;
        Span<double> scores = stackalloc double[ScanLimit];
        var (sum, measured) = (0.0, 0);
        for (var i = 0; i < endpoints.Length; i++)
        {
            scores[i] = endpoints[i].Score;
            if (!double.IsNaN(scores[i]))
            {
                sum += scores[i];
                measured++;
            }
        }

        var typical = measured == 0 ? 0 : sum / measured;
        var (best, least, ties) = (0, double.PositiveInfinity, 0);
        var random = 0UL;
        for (var i = 0; i < endpoints.Length; i++)
        {
            var cost = (double.IsNaN(scores[i]) ? typical - Curiosity : scores[i]) + LoadOf(endpoints[i]);
            if (cost < least)
            {
                (best, least, ties) = (i, cost, 1);
            }
            else if (cost == least)
            {
                // Each of k equal ones is kept with probability 1/k.
                random = random == 0 ? context.NextRandom() : random >> 16;
                ties++;
                if (((random & 0xFFFF) * (uint)ties) >> 16 == 0)
                {
                    best = i;
                }
            }
        }

        return best;
    }
}
