namespace Mesh.Chain;

/// <summary>Counts picks and takes the endpoints in turn.</summary>
internal sealed class CountingPicker : EndpointPicker
{
    private int _picks;

    public int Picks => Volatile.Read(ref _picks);

    public override int Pick(in PickContext context) => (Interlocked.Increment(ref _picks) - 1) % context.Endpoints.Length;
}
