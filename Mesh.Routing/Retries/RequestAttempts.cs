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
    private EndpointState? _freedFrom;

    /// <summary>Begins a request.</summary>
    /// <param name="startTimestamp">When it began (<see cref="TimeProvider.GetTimestamp"/>).</param>
    public RequestAttempts(long startTimestamp) => StartTimestamp = startTimestamp;

    /// <summary>When the request began, or 0 where the caller did not say.</summary>
    public long StartTimestamp { get; }

    /// <summary>How many tries were sent and failed.</summary>
    public int Tries { get; private set; }

    /// <summary>How many tries got no connection.</summary>
    public int Repicks { get; private set; }

    /// <summary>How many tries were freed from waiting for a connection, though none failed.</summary>
    public int Freed { get; private set; }

    internal readonly bool IsFirst => Count + Freed == 0;

    /// <summary>Where the request may come back to, if nobody else is left.</summary>
    internal readonly EndpointState? FreedFrom => _freedFrom;

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
        if (ReferenceEquals(_freedFrom, endpoint))
        {
            _freedFrom = null;
        }
    }

    /// <summary>
    /// This endpoint was ejected while the request waited for a connection to it: nothing was sent, and no connection failed. The next pick is another one, or, where nobody else is
    /// left, this one again: an endpoint that is overloaded takes connections, and its answer is worth more than none.
    /// </summary>
    public void AddFreed(EndpointState endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _freedFrom = endpoint;
        Freed++;
    }

    /// <summary>The request was sent to this endpoint and failed: the next pick is another one, in another failure domain where there is one.</summary>
    public void AddFailedTry(EndpointState endpoint)
    {
        Add(endpoint);
        Tries++;

        // There is something to tell its caller now.
        _freedFrom = null;
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
