using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Mesh;

/// <summary>An endpoint's address: an IPv4 or IPv6 address or a DNS name. A value; no allocation to compare or copy.</summary>
public readonly struct EndpointAddress : IEquatable<EndpointAddress>
{
    private readonly UInt128 _ip;
    private readonly string? _host;

    private EndpointAddress(EndpointAddressKind kind, UInt128 ip, string? host)
    {
        Kind = kind;
        _ip = ip;
        _host = host;
    }

    /// <summary>What it is; <see cref="EndpointAddressKind.None"/> for <see langword="default"/>.</summary>
    public EndpointAddressKind Kind { get; }

    /// <summary>The four bytes of an IPv4 address, in host order of significance; 0 for any other kind.</summary>
    public uint IPv4Bits => Kind == EndpointAddressKind.IPv4 ? (uint)_ip : 0;

    // What a segment packs: the bits of an IP address, or the name.
    internal UInt128 Bits => _ip;

    internal string? Host => _host;

    /// <summary>An IPv4 address from its bits, most significant first.</summary>
    public static EndpointAddress FromIPv4(uint bits) => new(EndpointAddressKind.IPv4, bits, null);

    // What was one before, so that nothing is checked again.
    internal static EndpointAddress Unpack(UInt128 ipv6) => new(EndpointAddressKind.IPv6, ipv6, null);

    internal static EndpointAddress Unpack(string host) => new(EndpointAddressKind.Host, default, host);

    /// <summary>An IP address. An IPv4-mapped IPv6 address is the IPv4 address.</summary>
    public static EndpointAddress FromIPAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return written == 4
            ? FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new EndpointAddress(EndpointAddressKind.IPv6, BinaryPrimitives.ReadUInt128BigEndian(bytes), null);
    }

    /// <summary>A DNS name: dot-separated labels, 253 characters at most.</summary>
    /// <exception cref="FormatException">It is not a DNS name, or it would be read as an IP address (its last label begins with a digit).</exception>
    public static EndpointAddress FromHost(string host) =>
        IsDnsName(host) && !LooksLikeAddress(host)
            ? new EndpointAddress(EndpointAddressKind.Host, default, host)
            : throw new FormatException($"'{DnsLabel.Printable(host)}' is neither an IP address nor a DNS name.");

    /// <summary>Reads an IP address or a DNS name, as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static EndpointAddress Parse(string text) =>
        TryParse(text, out var address)
            ? address
            : throw new FormatException($"'{DnsLabel.Printable(text)}' is neither an IP address nor a DNS name.");

    /// <summary>
    /// Reads an IP address or a DNS name, without brackets, port or scope. Only the usual dotted form counts as IPv4 (<c>10.1</c> and <c>0x7f000001</c> do
    /// not); names are lower case.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EndpointAddress address)
    {
        address = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        // The framework's parser also takes "[fd00::1]:80" and "fe80::1%eth0", and drops the port and the scope.
        if (text.AsSpan().ContainsAny('[', ']', '%'))
        {
            return false;
        }

        if (IPAddress.TryParse(text, out var ip) && (text.Contains(':', StringComparison.Ordinal) || ip.ToString() == text))
        {
            address = FromIPAddress(ip);
            return true;
        }

        if (!IsDnsName(text) || LooksLikeAddress(text))
        {
            return false;
        }

        address = new EndpointAddress(EndpointAddressKind.Host, default, text);
        return true;
    }

    /// <summary>The IP address, or <see langword="null"/> for a DNS name. Allocates.</summary>
    public IPAddress? ToIPAddress()
    {
        switch (Kind)
        {
            case EndpointAddressKind.IPv4:
                Span<byte> four = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(four, (uint)_ip);
                return new IPAddress(four);
            case EndpointAddressKind.IPv6:
                Span<byte> sixteen = stackalloc byte[16];
                BinaryPrimitives.WriteUInt128BigEndian(sixteen, _ip);
                return new IPAddress(sixteen);
            default:
                return null;
        }
    }

    /// <inheritdoc/>
    public bool Equals(EndpointAddress other) => Kind == other.Kind && _ip == other._ip && string.Equals(_host, other._host, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EndpointAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, _ip, _host);

    /// <summary>The address or name; empty for <see langword="default"/>.</summary>
    public override string ToString() => _host ?? ToIPAddress()?.ToString() ?? "";

    /// <summary>Whether both are the same address or name.</summary>
    public static bool operator ==(EndpointAddress left, EndpointAddress right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(EndpointAddress left, EndpointAddress right) => !left.Equals(right);

    // A name whose last label is all digits would be read as an address by some resolvers (WHATWG URL, "ends in a number").
    private static bool LooksLikeAddress(string name) => char.IsAsciiDigit(name[name.LastIndexOf('.') + 1]);

    private static bool IsDnsName(string? host)
    {
        if (string.IsNullOrEmpty(host) || host.Length > 253)
        {
            return false;
        }

        foreach (var range in host.AsSpan().Split('.'))
        {
            if (!DnsLabel.IsValid(host.AsSpan()[range]))
            {
                return false;
            }
        }

        return true;
    }
}
