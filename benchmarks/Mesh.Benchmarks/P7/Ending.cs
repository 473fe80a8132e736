namespace Mesh.Benchmarks.P7;

/// <summary>How a request ended for its caller.</summary>
internal enum Ending
{
    Served,
    Failed,
    Shed,
}
