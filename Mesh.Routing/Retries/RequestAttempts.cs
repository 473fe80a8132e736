using System.Diagnostics.CodeAnalysis;
using Mesh.Retries;

namespace Mesh;

/// <summary>
/// What one request has tried so far, so that its next pick goes elsewhere. <see langword="default"/> at first; kept by the caller and passed to
/// <see cref="ServiceRoute.Pick"/> by reference. Not for several threads at once.
/// </summary>
[SuppressMessage("Performance", "CA1815", Justification = "Mutable state of one request, never compared.")]
public struct RequestAttempts
{
    private TriedEndpoints _tried;
    private List<EndpointState>? _more;

    /// <summary>Begins a request.</summary>
    /// <param name="startTimestamp">When it began (<see cref="TimeProvider.GetTimestamp"/>).</param>
    public RequestAttempts(long startTimestamp) => StartTimestamp = startTimestamp;

    /// <summary>When the request began, or 0 where the caller did not say.</summary>
    public long StartTimestamp { get; }

    /// <summary>How many tries were sent and failed.</summary>
    public int Tries { get; private set; }

    /// <summary>How many tries got no connection.</summary>
    public int Repicks { get; private set; }

    internal readonly int Count => Tries + Repicks;

    /// <summary>Whether an endpoint of this cluster failed this request.</summary>
    public readonly bool HasTried(ClusterId cluster)
    {
        for (var i = 0; i < Count; i++)
        {
            if (this[i].Cluster == cluster)
            {
                return true;
            }
        }

        return false;
    }

    internal readonly EndpointState this[int index] => index < TriedEndpoints.Capacity ? _tried[index]! : _more![index - TriedEndpoints.Capacity];

    /// <summary>This endpoint could not be connected to: the next pick leaves its node (its zone, where the tier has another), the one after that its cluster.</summary>
    public void AddFailedConnect(EndpointState endpoint)
    {
        Add(endpoint);
        Repicks++;
    }

    /// <summary>The request was sent to this endpoint and failed: the next pick is another one, in another failure domain where there is one.</summary>
    public void AddFailedTry(EndpointState endpoint)
    {
        Add(endpoint);
        Tries++;
    }

    private void Add(EndpointState endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (Count < TriedEndpoints.Capacity)
        {
            _tried[Count] = endpoint;
        }
        else
        {
            (_more ??= []).Add(endpoint);
        }
    }
}
