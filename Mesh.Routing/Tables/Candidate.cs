using Mesh.Endpoints;
using Mesh.Tiers;

namespace Mesh.Tables;

/// <summary>An endpoint that may stand in a table.</summary>
internal readonly record struct Candidate(EndpointKey Key, EndpointDetails Details, TierPlace Place, EndpointConditions Conditions)
{
    public bool IsReady => (Conditions & EndpointConditions.Ready) != 0;

    /// <summary>On its way out, but still answering: used where nothing is ready.</summary>
    public bool IsDraining => !IsReady && (Conditions & (EndpointConditions.Serving | EndpointConditions.Terminating)) == (EndpointConditions.Serving | EndpointConditions.Terminating);
}
