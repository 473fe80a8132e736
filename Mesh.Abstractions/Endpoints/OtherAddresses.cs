namespace Mesh.Endpoints;

/// <summary>The addresses of a segment that are not IPv4, a table per kind. Mutable while a segment is built.</summary>
internal sealed class OtherAddresses
{
    private readonly List<UInt128> _ipv6 = [];
    private readonly List<string> _hosts = [];

    /// <summary>What stands for the address in a <see cref="PackedEndpoint"/>.</summary>
    public uint Add(EndpointAddress address)
    {
        switch (address.Kind)
        {
            case EndpointAddressKind.IPv6:
                _ipv6.Add(address.Bits);
                return (uint)(_ipv6.Count - 1);
            case EndpointAddressKind.Host:
                _hosts.Add(address.Host!);
                return (uint)(_hosts.Count - 1);
            default:
                return address.IPv4Bits;
        }
    }

    public UInt128[] IPv6ToArray() => _ipv6.ToArray();

    public string[] HostsToArray() => _hosts.ToArray();
}
