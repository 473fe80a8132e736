using System.Collections.Immutable;
using Mesh.Picks;

namespace Mesh.Load;

/// <summary>
/// The weights of one tier by reports, taken anew each second, and a rotation over them. An endpoint that says nothing usable weighs what the others do on average; while fewer than two say something, all
/// weigh the same. What an endpoint weighs by its source multiplies what it reports.
/// </summary>
internal sealed class TierUtilizationPicker(ImmutableArray<EndpointState> tier) : EndpointPicker
{
    /// <summary>A58's <c>weight_update_period</c>, in seconds.</summary>
    public const double UpdateSeconds = 1;

    // What one endpoint says of itself cannot make it weigh more, or less, than this many times the mean (as gRPC's own schedulers hold it).
    private const double MostOfMean = 10;
    private const double LeastOfMean = 0.1;

    private readonly Rotation _rotation = new();
    private double[]? _ends;
    private double _updateAt = double.NegativeInfinity;

    public override int Pick(in PickContext context)
    {
        var now = context.Endpoints[0].Clock.Now;
        if (context.Endpoints != tier.AsSpan())
        {
            return At(EndsOf(context.Endpoints, now), context.Endpoints.Length, context.NextRandom());
        }

        var due = Volatile.Read(ref _updateAt);
        if (now >= due && Interlocked.CompareExchange(ref _updateAt, now + UpdateSeconds, due) == due)
        {
            Volatile.Write(ref _ends, EndsOf(tier.AsSpan(), now));
        }

        // Additive recurrence over the weighted line, as in RoundRobinPicker.
        return At(Volatile.Read(ref _ends), tier.Length, _rotation.Next(context) * RoundRobinPicker.GoldenStep);
    }

    private static int At(double[]? ends, int count, ulong point)
    {
        if (ends is null)
        {
            return (int)Math.BigMul(point, (ulong)count, out _);
        }

        var index = Array.BinarySearch(ends, (point >> 11) * (1.0 / (1UL << 53)) * ends[^1]);
        return Math.Min(index >= 0 ? index + 1 : ~index, count - 1);
    }

    // Where each one's stretch ends; null where all are alike.
    private static double[]? EndsOf(ReadOnlySpan<EndpointState> endpoints, double now)
    {
        var ends = new double[endpoints.Length];
        var (sum, known, isEven) = (0.0, 0, true);
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = endpoints[i].Load.WeightAt(now);
            isEven &= endpoints[i].Weight == endpoints[0].Weight;
            if (!double.IsNaN(ends[i]))
            {
                sum += ends[i];
                known++;
            }
        }

        if (known < 2 && isEven)
        {
            return null;
        }

        var mean = sum / known;
        var end = 0.0;
        for (var i = 0; i < ends.Length; i++)
        {
            // Whoever has nothing but errors can do nothing; where nobody can do anything, all weigh the same.
            var part = known < 2 || mean == 0 || double.IsNaN(ends[i]) ? 1 : Math.Clamp(ends[i] / mean, LeastOfMean, MostOfMean);
            ends[i] = end += part * endpoints[i].Weight;
        }

        return ends;
    }
}
