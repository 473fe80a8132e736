using Mesh.Health;

namespace Mesh.SlowStart;

/// <summary>
/// Gives endpoints that are new or back a part of their share that grows from a tenth to all of it: what the algorithm chooses is taken with that probability, and chosen again otherwise, so that each is
/// picked as often as its weight × its part says, whatever the algorithm. The part is relative to the endpoint that has been there longest: where all are new nobody waits.
/// </summary>
internal sealed class SlowStartPicker : EndpointPicker
{
    // Envoy's min_weight_percent.
    private const double FirstPart = 0.1;

    // With nobody but newcomers beside one other, one choice in forty is not what the parts say; with as many old ones as new, one in 10⁸.
    private const int MaxChoices = 32;

    private readonly EndpointPicker _algorithm;
    private readonly RouterClock _clock;
    private readonly double _window;
    private readonly double _oldest;
    private readonly double _warmBefore;
    private readonly double _end;
    private volatile bool _isOver;

    private SlowStartPicker(EndpointPicker algorithm, RouterClock clock, double window, double oldest, double newest, double now)
    {
        _algorithm = algorithm;
        _clock = clock;
        _window = window;
        _oldest = oldest;
        _warmBefore = Math.Max(now - window, oldest);
        _end = newest + window;
    }

    /// <summary>The algorithm, with slow start around it where somebody in the tier is in it.</summary>
    public static EndpointPicker Around(EndpointPicker algorithm, TierMembers tier)
    {
        var window = tier.Policy.SlowStart.TotalSeconds;
        if (window <= 0 || tier.Endpoints.Length < 2)
        {
            return algorithm;
        }

        var (oldest, newest) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var endpoint in tier.Endpoints)
        {
            oldest = Math.Min(oldest, endpoint.StartedAt);
            newest = Math.Max(newest, endpoint.StartedAt);
        }

        // What a source brings piece by piece at the start is one beginning.
        var clock = tier.Endpoints[0].Clock;
        var now = clock.Now;
        return newest - oldest < window / 30 || now - newest >= window ? algorithm : new SlowStartPicker(algorithm, clock, window, oldest, newest, now);
    }

    public override int Pick(in PickContext context)
    {
        var index = _algorithm.Pick(context);
        if (_isOver || context.Endpoints.Length == 1)
        {
            return index;
        }

        for (var choices = 1; choices < MaxChoices && (uint)index < (uint)context.Endpoints.Length && !IsTaken(context.Endpoints[index], context); choices++)
        {
            index = _algorithm.Pick(context);
        }

        return index;
    }

    private bool IsTaken(EndpointState chosen, in PickContext context)
    {
        var started = chosen.StartedAt;
        if (started <= _warmBefore)
        {
            return true;
        }

        var now = _clock.Now;
        if (now >= _end)
        {
            _isOver = true;
            return true;
        }

        var part = PartAt(now - started) / PartAt(now - _oldest);
        return part >= 1 || (context.NextRandom() >> 11) * (1.0 / (1UL << 53)) < part;
    }

    private double PartAt(double age) => Math.Clamp(age / _window, FirstPart, 1);
}
