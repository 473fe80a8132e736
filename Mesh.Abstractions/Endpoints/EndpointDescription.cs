using System.Collections.Immutable;

namespace Mesh;

/// <summary>One endpoint as a source describes it to an <see cref="EndpointSegmentBuilder"/>.</summary>
/// <param name="Address">Where it is.</param>
public readonly record struct EndpointDescription(EndpointAddress Address)
{
    /// <summary>What the platform says of it. Default: ready and serving.</summary>
    public EndpointConditions Conditions { get; init; } = EndpointConditions.Ready | EndpointConditions.Serving;

    /// <summary>Its region, or <see langword="null"/>.</summary>
    public string? Region { get; init; }

    /// <summary>Its zone, or <see langword="null"/>.</summary>
    public string? Zone { get; init; }

    /// <summary>Its node, or <see langword="null"/>.</summary>
    public string? Node { get; init; }

    /// <summary>Its share of load beside others, 0 (none) to 1,000,000. Default 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The uid of what is behind the address (a pod's <c>targetRef.uid</c>); another uid on the same address is another endpoint.</summary>
    public Guid? TargetUid { get; init; }

    /// <summary>Zones whose callers should use it (EndpointSlice <c>hints.forZones</c>), or empty.</summary>
    public ImmutableArray<string> ZoneHints { get; init; } = [];

    /// <summary>Nodes whose callers should use it (EndpointSlice <c>hints.forNodes</c>), or empty.</summary>
    public ImmutableArray<string> NodeHints { get; init; } = [];

    /// <summary>Labels (file and xDS sources; slices carry none), or <see langword="null"/>.</summary>
    public ImmutableDictionary<string, string>? Labels { get; init; }
}
