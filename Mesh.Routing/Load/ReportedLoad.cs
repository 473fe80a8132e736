namespace Mesh.Load;

/// <summary>The last report of one endpoint. Written and read without a lock: two reports at once may mix, which the next one mends.</summary>
internal struct ReportedLoad()
{
    private const double MostUtilization = 10;

    // Sums of many stay finite.
    private const double MostWeight = 1e12;

    // A58's weight_expiration_period and blackout_period.
    private const double ExpirySeconds = 180;
    private const double BlackoutSeconds = 10;

    private double _utilization = double.NaN;
    private double _requests = double.NaN;
    private double _errors = double.NaN;
    private double _at = double.NaN;
    private double _weight = double.NaN;
    private double _weightAt = double.NaN;
    private double _weightSince = double.NaN;

    /// <summary>NaN before the first report.</summary>
    public readonly double Utilization => Volatile.Read(in _utilization);

    /// <summary>NaN where it was not said.</summary>
    public readonly double RequestsPerSecond => Volatile.Read(in _requests);

    /// <summary>NaN where it was not said.</summary>
    public readonly double ErrorsPerSecond => Volatile.Read(in _errors);

    /// <summary>How old the report is, in seconds; NaN before the first.</summary>
    /// <param name="now">Seconds on the router's clock.</param>
    public readonly double AgeAt(double now) => now - Volatile.Read(in _at);

    /// <summary>
    /// What the endpoint can do by gRFC A58: requests per second ÷ (utilisation + errors ÷ requests). NaN where it has not said so for the last 3 minutes, or began to less than 10 seconds ago.
    /// </summary>
    /// <param name="now">Seconds on the router's clock.</param>
    public readonly double WeightAt(double now) =>
        now - Volatile.Read(in _weightAt) < ExpirySeconds && now - Volatile.Read(in _weightSince) >= BlackoutSeconds ? Volatile.Read(in _weight) : double.NaN;

    /// <summary>Takes a report; one whose utilisation is no number from 0 up says nothing.</summary>
    public void Take(in LoadReport report, double now)
    {
        if (!IsAmount(report.Utilization))
        {
            return;
        }

        Volatile.Write(ref _utilization, Math.Min(report.Utilization, MostUtilization));
        Volatile.Write(ref _requests, IsAmount(report.RequestsPerSecond) ? report.RequestsPerSecond : double.NaN);
        Volatile.Write(ref _errors, IsAmount(report.ErrorsPerSecond) ? report.ErrorsPerSecond : double.NaN);
        Volatile.Write(ref _at, now);
        TakeWeight(now);
    }

    private void TakeWeight(double now)
    {
        // Whoever has nothing to do says nothing of what it could.
        if (_utilization > 0 && _requests > 0)
        {
            var errors = double.IsNaN(_errors) ? 0 : _errors;
            if (!(now - _weightAt < ExpirySeconds))
            {
                Volatile.Write(ref _weightSince, now);
            }

            Volatile.Write(ref _weight, Math.Min(_requests / (_utilization + errors / _requests), MostWeight));
            Volatile.Write(ref _weightAt, now);
        }
    }

    private static bool IsAmount(double value) => value >= 0 && double.IsFinite(value);
}
