using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Mesh.Hashing;

/// <summary>
/// The source address of an application's requests is its own: the first IPv4 address of the machine that others can reach, else the first IPv6 one, else loopback. Looked up once, without traffic.
/// </summary>
internal static class OwnAddress
{
    private static readonly Lazy<ulong> LazyHash = new(static () => RequestKeys.Hash(Find().ToString()));

    /// <summary>Its hash, without the port, as Envoy hashes a source address.</summary>
    public static ulong Hash => LazyHash.Value;

    private static IPAddress Find()
    {
        try
        {
            IPAddress[] found =
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .Where(static i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                    .SelectMany(static i => i.GetIPProperties().UnicastAddresses)
                    .Select(static a => a.Address)
                    .Where(static a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal),
            ];
            return Array.Find(found, static a => a.AddressFamily == AddressFamily.InterNetwork) ?? found.FirstOrDefault() ?? IPAddress.Loopback;
        }
        catch (Exception e) when (e is NetworkInformationException or PlatformNotSupportedException)
        {
            return IPAddress.Loopback;
        }
    }
}
