namespace Mesh.Backends;

/// <summary>Ends what a test began when the run is stopped.</summary>
internal static class TestStop
{
    public static CancellationToken Stop => TestContext.Current.CancellationToken;
}
