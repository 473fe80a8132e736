namespace Mesh.Tables;

/// <summary>An endpoint that is reached through its cluster's gateway.</summary>
internal readonly record struct GatewayBackend(EndpointAddress Address, int Port, Locality Locality, int Weight, EndpointConditions Conditions)
{
    public bool IsReady => (Conditions & EndpointConditions.Ready) != 0;

    /// <summary>Not ready, and not on its way out: it belongs to those that should be there.</summary>
    public bool IsMissing => (Conditions & (EndpointConditions.Ready | EndpointConditions.Terminating)) == 0;

    /// <summary>On its way out, but still answering.</summary>
    public bool IsDraining => !IsReady && (Conditions & (EndpointConditions.Serving | EndpointConditions.Terminating)) == (EndpointConditions.Serving | EndpointConditions.Terminating);
}
