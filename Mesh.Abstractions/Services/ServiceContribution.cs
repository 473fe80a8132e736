using System.Collections.Immutable;

namespace Mesh;

/// <summary>What one source says of one service in one cluster. Immutable, equal by content; segments are shared by reference with snapshots.</summary>
/// <param name="Service">The service.</param>
public sealed record ServiceContribution(ServiceName Service)
{
    /// <summary>The ports callers may use.</summary>
    public ImmutableArray<ServicePort> Ports { get; init; } = [];

    /// <summary>Its endpoints, a segment per slice.</summary>
    public ImmutableArray<EndpointSegment> Segments { get; init; } = [];

    /// <summary>The policy that comes with it, or <see langword="null"/>.</summary>
    public ServicePolicy? Policy { get; init; }

    /// <summary>Whether the cluster exports it to others (<c>ServiceExport</c>); <see langword="true"/> where exports are not asked for.</summary>
    public bool IsExported { get; init; } = true;

    /// <summary>When it was exported: the oldest export decides conflicts (KEP-1645). <see langword="null"/> where not known.</summary>
    public DateTimeOffset? ExportedAt { get; init; }

    /// <summary>Why it is not exported, where that is not simply that nobody exported it; <see langword="null"/> otherwise.</summary>
    public string? ExportObstacle { get; init; }

    /// <summary>The version of the newest object in it, opaque; for explain. <see langword="null"/> where there is none.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>
    /// Why it cannot be routed to although it exists (an ExternalName service, no usable port), naming what to do; <see langword="null"/> where it can.
    /// </summary>
    public string? Invalid { get; init; }

    /// <inheritdoc/>
    public bool Equals(ServiceContribution? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && Service == other.Service
            && ResourceVersion == other.ResourceVersion
            && IsExported == other.IsExported
            && ExportedAt == other.ExportedAt
            && ExportObstacle == other.ExportObstacle
            && Invalid == other.Invalid
            && Policy == other.Policy
            && Ports.AsSpan().SequenceEqual(other.Ports.AsSpan())
            && SameSegments(Segments.AsSpan(), other.Segments.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Service, ResourceVersion, Ports.IsDefault ? 0 : Ports.Length);

    /// <summary><c>orders.sales, 12 endpoints</c>.</summary>
    public override string ToString() => $"{Service}, {(Segments.IsDefault ? 0 : Segments.Sum(static s => s.Count))} endpoints{(Invalid is null ? "" : $", invalid: {Invalid}")}";

    private static bool SameSegments(ReadOnlySpan<EndpointSegment> left, ReadOnlySpan<EndpointSegment> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (var i = 0; i < left.Length; i++)
        {
            if (!left[i].ContentEquals(right[i]))
            {
                return false;
            }
        }

        return true;
    }
}
