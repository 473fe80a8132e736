using System.Globalization;
using Microsoft.Extensions.ServiceDiscovery;

namespace Mesh.Discovery;

/// <summary>The name that is asked for, as a URL would say it: one for each scheme that may be used.</summary>
internal sealed class ServiceHost
{
    private ServiceHost(string name, IReadOnlyList<Uri> uris, bool isChoice)
    {
        Name = name;
        Uris = uris;
        IsChoice = isChoice;
    }

    /// <summary>What a Host header says: the host without the name of a port, and the port where it is not the scheme's own.</summary>
    public string Name { get; }

    /// <summary>In the order in which the schemes are preferred.</summary>
    public IReadOnlyList<Uri> Uris { get; }

    /// <summary>Whether several schemes were named, so that the answer says which one it is.</summary>
    public bool IsChoice { get; }

    /// <summary>What a query means; <see langword="null"/> where no service can be written so.</summary>
    public static ServiceHost? Of(ServiceEndpointQuery query, ServiceDiscoveryOptions options)
    {
        // The query's own parts have no port; what it was made from has.
        var host = query.ServiceName + PortOf(query.ToString() ?? "");
        var authority = query.EndpointName is { Length: > 0 } name ? $"_{name}.{host}" : host;
        var schemes = query.IncludedSchemes.Count == 0 ? [Uri.UriSchemeHttp] : query.IncludedSchemes;
        var uris = new List<Uri>();
        foreach (var scheme in schemes)
        {
            if (IsHttp(scheme)
                && (options.AllowAllSchemes || query.IncludedSchemes.Count == 0 || options.AllowedSchemes.Contains(scheme, StringComparer.OrdinalIgnoreCase))
                && Uri.TryCreate($"{scheme}://{authority}", UriKind.Absolute, out var uri)
                && uri.HostNameType is UriHostNameType.Dns or UriHostNameType.Basic)
            {
                uris.Add(uri);
            }
        }

        return uris.Count == 0 ? null : new ServiceHost(host, uris, isChoice: query.IncludedSchemes.Count > 1);
    }

    private static string PortOf(string original) =>
        Uri.TryCreate(original.Contains("://", StringComparison.Ordinal) ? original : $"any://{original}", UriKind.Absolute, out var uri) && uri is { IsDefaultPort: false, Port: > 0 }
            ? string.Create(CultureInfo.InvariantCulture, $":{uri.Port}")
            : "";

    private static bool IsHttp(string scheme) => scheme.Equals("http", StringComparison.OrdinalIgnoreCase) || scheme.Equals("https", StringComparison.OrdinalIgnoreCase);
}
