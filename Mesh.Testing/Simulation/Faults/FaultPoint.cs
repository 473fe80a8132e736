namespace Mesh.Simulation;

/// <summary>Where a counted fault strikes.</summary>
internal enum FaultPoint
{
    Answer,
    ExpiredContinue,
    GoneWatchStart,
    ExpiredWatchStart,
    GoAway,
}
