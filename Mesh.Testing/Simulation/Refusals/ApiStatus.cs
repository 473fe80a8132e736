namespace Mesh.Simulation;

/// <summary>What a refused call is told: the fields of a Kubernetes <c>Status</c> that carry meaning.</summary>
internal sealed record ApiStatus(int Code, string Reason, string Message)
{
    /// <summary>Whom it is about; written as <c>details</c>. An empty one is written as <c>{}</c>, none not at all.</summary>
    public StatusDetails? Details { get; init; }

    /// <summary>For an expired list token: where an inconsistent continuation may begin.</summary>
    public string? Continue { get; init; }
}
