namespace Mesh.Endpoints;

/// <summary>One endpoint in 12 bytes: strings and what is rare live in the segment's side tables.</summary>
internal readonly struct PackedEndpoint(EndpointAddressKind kind, uint address, ushort region, ushort zone, ushort node, EndpointConditions conditions)
{
    /// <summary>The bits of an IPv4 address, or the place of an address of another kind in the segment's table of that kind.</summary>
    public readonly uint Address = address;

    // Indices into the segment's names, 0 = none.
    public readonly ushort Region = region;
    public readonly ushort Zone = zone;
    public readonly ushort Node = node;
    public readonly EndpointConditions Conditions = conditions;
    public readonly EndpointAddressKind Kind = kind;

    /// <summary>The same endpoint, its address in another place.</summary>
    public PackedEndpoint At(uint address) => new(Kind, address, Region, Zone, Node, Conditions);
}
