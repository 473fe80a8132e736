namespace Mesh.Simulation;

/// <summary>What becomes of a watch after an order.</summary>
internal enum WatchAfter
{
    GoOn,
    End,
    Cut,
}
