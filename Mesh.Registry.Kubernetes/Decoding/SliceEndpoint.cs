using System.Collections.Immutable;

namespace Mesh.Decoding;

/// <summary>An endpoint as its slice describes it.</summary>
internal struct SliceEndpoint
{
    /// <summary>The first address, unless it is malformed. The API gives further ones no meaning.</summary>
    public EndpointAddress Address;

    /// <summary>The first address as written, where it is no address.</summary>
    public string? Malformed;

    public EndpointConditions Conditions;
    public string? Zone;
    public string? Node;
    public Guid? TargetUid;
    public ImmutableArray<string> ZoneHints;
    public ImmutableArray<string> NodeHints;
}
