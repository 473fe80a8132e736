namespace Mesh.Benchmarks.Fleet;

/// <summary>How a fleet came back.</summary>
/// <param name="Outage">How long the server was away after all had noticed.</param>
/// <param name="All">Until all were live.</param>
/// <param name="Requests">How many requests that took.</param>
/// <param name="MostOfOne">How many of one connector.</param>
/// <param name="SecondPeak">The most in one second.</param>
/// <param name="InstantPeak">The most in an instant.</param>
/// <param name="FirstsPeak">How many connectors sent their first one in the same instant.</param>
/// <param name="Spread">From the first connector's first one to the last connector's.</param>
/// <param name="Lists">How many were lists.</param>
internal sealed record Returned(
    TimeSpan Outage, TimeSpan All, int Requests, int MostOfOne, int SecondPeak, int InstantPeak, int FirstsPeak, TimeSpan Spread, int Lists);
