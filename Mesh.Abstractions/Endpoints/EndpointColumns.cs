using System.Runtime.InteropServices;
using Mesh.Endpoints;

namespace Mesh;

/// <summary>
/// What a segment is packed in, for who keeps it elsewhere and makes it again without a look at each endpoint. Views of the segment's own arrays, or of what was read.
/// Segments whose endpoints have weights, hints or labels have no such form (<see cref="EndpointSegment.TryGetColumns"/>).
/// </summary>
public readonly ref struct EndpointColumns
{
    /// <summary>The layout of <see cref="Packed"/>; another number is another layout.</summary>
    public const int Layout = 1;

    /// <summary>How many bytes of <see cref="Packed"/> an endpoint has.</summary>
    public static int BytesPerEndpoint => Marshal.SizeOf<PackedEndpoint>();

    /// <summary>The endpoints, <see cref="BytesPerEndpoint"/> each, in the byte order of the machine.</summary>
    public ReadOnlySpan<byte> Packed { get; init; }

    /// <summary>The regions, zones and nodes that they name.</summary>
    public ReadOnlySpan<string> Names { get; init; }

    /// <summary>The IPv6 addresses.</summary>
    public ReadOnlySpan<UInt128> IPv6 { get; init; }

    /// <summary>The DNS names.</summary>
    public ReadOnlySpan<string> Hosts { get; init; }

    /// <summary>The uids of what is behind them, one each (all zero = none), or empty where none has one.</summary>
    public ReadOnlySpan<Guid> TargetUids { get; init; }
}
