using System.Net;
using System.Net.Sockets;

namespace Mesh.Simulation;

/// <summary>Addresses of endpoints: of the slice's family, and none that means something else on every machine.</summary>
internal static class EndpointAddressRules
{
    public static void Validate(string address, string type, string path, int index, FieldErrors errors)
    {
        var here = $"{path}[{index}]";
        if (type == "FQDN")
        {
            if (NameRules.SubdomainProblem(address) is { } badName) errors.Invalid(here, address, badName);
            else if (!address.Contains('.', StringComparison.Ordinal))
                errors.Invalid(here, address, "should be a domain with at least two segments separated by dots");
            return;
        }

        if (FormProblem(address, out var parsed) is { } badForm)
        {
            errors.Invalid(here, address, badForm);
            return;
        }

        if (parsed!.AddressFamily != (type == "IPv4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6))
            errors.Invalid(path, address, $"must be an {type} address");
        else if (RangeProblem(parsed) is { } badRange) errors.Invalid(here, address, badRange);
    }

    /// <summary>What is wrong with an address as text.</summary>
    public static string? FormProblem(string address, out IPAddress? parsed)
    {
        if (!IPAddress.TryParse(address, out parsed) || address.Contains('[', StringComparison.Ordinal) || address.Contains('%', StringComparison.Ordinal))
            return "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
        if (parsed.AddressFamily == AddressFamily.InterNetwork)
        {
            var parts = address.Split('.');
            if (parts.Length != 4) return "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
            return parts.Any(static part => part.Length > 1 && part[0] == '0') ? "must not have leading 0s" : null;
        }

        return parsed.IsIPv4MappedToIPv6 ? "must not be an IPv4-mapped IPv6 address"
            : parsed.ToString() != address ? $"must be in canonical form (\"{parsed}\")"
            : null;
    }

    private static string? RangeProblem(IPAddress address)
    {
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) return $"may not be unspecified ({address})";
        if (IPAddress.IsLoopback(address)) return "may not be in the loopback range (127.0.0.0/8, ::1/128)";
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var four = address.AddressFamily == AddressFamily.InterNetwork;
        if (four ? bytes[0] == 169 && bytes[1] == 254 : address.IsIPv6LinkLocal)
            return "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
        if (four ? bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0 : bytes[0] == 0xff && (bytes[1] & 0xf) == 2)
            return "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)";
        return null;
    }
}
