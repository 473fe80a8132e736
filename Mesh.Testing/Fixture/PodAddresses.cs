using System.Net;

namespace Mesh.Fixture;

/// <summary>
/// Gives out the pod addresses of one cluster: <c>10.20.0.1</c>, <c>10.20.0.2</c> … for the first of a network, <c>10.21…</c> for the next. None is given out twice: whoever
/// wants to see an address reused says so.
/// </summary>
internal sealed class PodAddresses(int clusterInNetwork)
{
    private const int PerBlock = 250;

    private int _given = -1;

    public IPAddress Next()
    {
        var n = Interlocked.Increment(ref _given);
        return new IPAddress([10, (byte)(20 + clusterInNetwork), (byte)(n / PerBlock), (byte)((n % PerBlock) + 1)]);
    }
}
