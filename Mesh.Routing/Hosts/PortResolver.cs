using System.Collections.Immutable;
using System.Globalization;

namespace Mesh.Hosts;

/// <summary>Finds the port that a URL means among those of a service.</summary>
internal static class PortResolver
{
    public static PortChoice Resolve(PortSelector selector, ImmutableArray<ServicePort> all)
    {
        ServicePort[] ports = [.. all.Where(static p => p.Protocol == TransportProtocol.Tcp)];
        if (ports.Length == 0)
        {
            return new PortChoice(null, "no TCP port");
        }

        return selector.Kind switch
        {
            PortSelectorKind.Number => ByNumber(selector.Number, ports),
            PortSelectorKind.Name => ByName(selector.Name!, ports),
            _ => ByScheme(selector.IsSecure, ports),
        };
    }

    private static PortChoice ByNumber(int number, ServicePort[] ports) =>
        Array.Find(ports, p => p.Port == number) is { } port
            ? new PortChoice(port, "its number is in the URL")
            : new PortChoice(null, string.Create(CultureInfo.InvariantCulture, $"no port {number}; it has {List(ports)}"));

    private static PortChoice ByName(string name, ServicePort[] ports) =>
        Array.Find(ports, p => p.Name == name) is { } port
            ? new PortChoice(port, "its name is in the host")
            : new PortChoice(null, $"no port named '{name}'; it has {List(ports)}");

    private static PortChoice ByScheme(bool isSecure, ServicePort[] ports)
    {
        var scheme = isSecure ? "https" : "http";
        var usual = isSecure ? 443 : 80;
        if (Array.Find(ports, p => p.Port == usual) is { } port)
        {
            return new PortChoice(port, $"it is the port of {scheme}");
        }

        if (ports.Length == 1)
        {
            return new PortChoice(ports[0], "it is the only port");
        }

        var fitting = Array.FindAll(ports, p => Fits(p.AppProtocol, isSecure));
        return fitting.Length == 1
            ? new PortChoice(fitting[0], $"its appProtocol is the only one that fits {scheme}")
            : new PortChoice(
                null,
                string.Create(CultureInfo.InvariantCulture, $"several ports, none of them {usual} and {(fitting.Length == 0 ? "none" : "more than one")} with an appProtocol for {scheme}: write the number or the name of one of {List(ports)} (http://name.namespace:number, http://_portname.name.namespace)"));
    }

    // Names of IANA and the kubernetes.io ones of KEP-3726; gRPC is HTTP/2, with or without TLS.
    private static bool Fits(string? appProtocol, bool isSecure) => appProtocol?.ToLowerInvariant() switch
    {
        "http" or "http1" or "http2" or "h2c" or "ws" or "kubernetes.io/h2c" or "kubernetes.io/ws" => !isSecure,
        "https" or "h2" or "wss" or "tls" or "kubernetes.io/wss" => isSecure,
        "grpc" => true,
        _ => false,
    };

    private static string List(ServicePort[] ports) =>
        string.Join(", ", ports.Select(static p => string.Create(CultureInfo.InvariantCulture, $"{p.Port}{(p.Name.Length == 0 ? "" : $" '{p.Name}'")}{(p.AppProtocol is null ? "" : $" ({p.AppProtocol})")}")));
}
