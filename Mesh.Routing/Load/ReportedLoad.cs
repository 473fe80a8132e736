namespace Mesh.Load;

/// <summary>The last report of one endpoint. Written and read without a lock: two reports at once may mix, which the next one mends.</summary>
internal struct ReportedLoad()
{
    private const double MostUtilization = 10;

    private double _utilization = double.NaN;
    private double _requests = double.NaN;
    private double _errors = double.NaN;
    private double _at = double.NaN;

    /// <summary>NaN before the first report.</summary>
    public readonly double Utilization => Volatile.Read(in _utilization);

    /// <summary>NaN where it was not said.</summary>
    public readonly double RequestsPerSecond => Volatile.Read(in _requests);

    /// <summary>NaN where it was not said.</summary>
    public readonly double ErrorsPerSecond => Volatile.Read(in _errors);

    /// <summary>How old the report is, in seconds; NaN before the first.</summary>
    /// <param name="now">Seconds on the router's clock.</param>
    public readonly double AgeAt(double now) => now - Volatile.Read(in _at);

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
    }

    private static bool IsAmount(double value) => value >= 0 && double.IsFinite(value);
}
