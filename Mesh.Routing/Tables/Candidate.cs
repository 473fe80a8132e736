using System.Collections.Immutable;
using Mesh.Endpoints;
using Mesh.Tiers;

namespace Mesh.Tables;

/// <summary>An endpoint that may stand in a table.</summary>
/// <param name="Key">Which.</param>
/// <param name="Details">What may change about it.</param>
/// <param name="Place">Its tier.</param>
/// <param name="Conditions">Its conditions.</param>
/// <param name="Described">Its cluster in the words of its source.</param>
internal readonly record struct Candidate(EndpointKey Key, EndpointDetails Details, TierPlace Place, EndpointConditions Conditions, ClusterSnapshot? Described)
{
    /// <summary>Zones whose callers should use it, or empty.</summary>
    public ImmutableArray<string> ZoneHints { get; init; } = [];

    /// <summary>Nodes whose callers should use it, or empty.</summary>
    public ImmutableArray<string> NodeHints { get; init; } = [];

    public bool IsReady => (Conditions & EndpointConditions.Ready) != 0;

    /// <summary>Not ready, and not on its way out: it belongs to those that should be there.</summary>
    public bool IsMissing => (Conditions & (EndpointConditions.Ready | EndpointConditions.Terminating)) == 0;

    /// <summary>On its way out, but still answering: used where nothing is ready.</summary>
    public bool IsDraining => !IsReady && (Conditions & (EndpointConditions.Serving | EndpointConditions.Terminating)) == (EndpointConditions.Serving | EndpointConditions.Terminating);
}
