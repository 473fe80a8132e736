namespace Mesh;

/// <summary>
/// What a backend says of its own load, on all its callers' behalf (ORCA, Open Request Cost Aggregation: the fields of <c>xds.data.orca.v3.OrcaLoadReport</c> that routing uses). What is
/// not a number from 0 up is not taken.
/// </summary>
/// <param name="Utilization">The part of what it can carry that is in use: 1 = all of it; above 1 where it has more to do than it can. Counts as 10 at most.</param>
/// <param name="RequestsPerSecond">Requests that it handles per second, from everybody (<c>rps_fractional</c>); <see cref="double.NaN"/> where it does not say.</param>
/// <param name="ErrorsPerSecond">Errors among them per second (<c>eps</c>); <see cref="double.NaN"/> where it does not say.</param>
public readonly record struct LoadReport(double Utilization, double RequestsPerSecond = double.NaN, double ErrorsPerSecond = double.NaN);
