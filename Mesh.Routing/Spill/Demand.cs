namespace Mesh.Spill;

/// <summary>
/// How much the callers of the own cluster ask for, in units of capacity: what their nearest group carries, divided by the part of the requests that goes there. Held from before while that
/// group cannot say it, and moved with the own rate of requests.
/// </summary>
internal sealed class Demand
{
    private const double LeastFraction = 0.1;
    private const double MostRateChange = 4;
    private const double Saturated = 0.99;

    private double _measured = double.NaN;
    private double _rate = double.NaN;
    private double _rateWhenMeasured = double.NaN;

    /// <summary>Whether it was ever measured.</summary>
    public bool IsKnown => !double.IsNaN(_measured);

    /// <summary>Whether so little is asked that nobody is buried under it: nothing was ever reported, and requests are few.</summary>
    public bool IsSmall => !IsKnown && !(_rate >= SpillSettings.SmallRate);

    /// <summary>How long it is between two of the own requests, in seconds; 0 before that is known.</summary>
    public double SecondsPerRequest => _rate > 0 ? 1 / _rate : 0;

    /// <summary>One that goes on from here by itself.</summary>
    public Demand Copy() => (Demand)MemberwiseClone();

    /// <summary>The demand, in units of capacity; what is assumed where it was never measured.</summary>
    /// <param name="nearest">The nearest group.</param>
    public double Of(in GroupLoad nearest)
    {
        if (!IsKnown)
        {
            return SpillSettings.Assumed * Math.Max(nearest.FullCapacity, nearest.Capacity);
        }

        var change = _rate / _rateWhenMeasured;
        return _measured * (double.IsFinite(change) ? Math.Clamp(change, 1 / MostRateChange, MostRateChange) : 1);
    }

    /// <summary>Takes in what the last second showed.</summary>
    /// <param name="nearest">The nearest group.</param>
    /// <param name="fraction">The part of the requests that its report speaks of.</param>
    /// <param name="rate">The own requests per second.</param>
    /// <param name="elapsed">Seconds since the last time.</param>
    /// <param name="isSettled">Whether its report speaks of the capacity that it has now.</param>
    public void Observe(in GroupLoad nearest, double fraction, double rate, double elapsed, bool isSettled)
    {
        var part = 1 - Math.Exp(-elapsed / SpillSettings.DemandSeconds);
        _rate = double.IsNaN(_rate) ? rate : _rate + part * (rate - _rate);
        if (!isSettled || !nearest.IsKnown || !nearest.IsReported || !nearest.HasCapacity || fraction < LeastFraction)
        {
            return;
        }

        var now = Of(nearest);
        var seen = nearest.Utilization * nearest.Capacity / fraction;
        if (IsKnown && nearest.Utilization >= Saturated)
        {
            // Whoever reports how busy its processor is says no more than 1, however much waits.
            seen = Math.Max(seen, now);
        }

        _measured = IsKnown ? now + part / (1 + nearest.Age / SpillSettings.HalfAge) * (seen - now) : seen;
        _rateWhenMeasured = _rate;
    }
}
