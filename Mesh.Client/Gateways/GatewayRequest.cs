using System.Globalization;
using System.Net;
using Mesh.Requests;

namespace Mesh.Gateways;

/// <summary>
/// A caller's request as it goes to a gateway: to the gateway's own authority, so that one pool of connections serves all services, with the service and the original authority in headers.
/// Path, body, trailers and the other headers stay as they are. A message of its own, since the caller's must not change: it may be sent elsewhere afterwards.
/// </summary>
internal static class GatewayRequest
{
    /// <summary>How long a connection for the request may take; see <see cref="GatewayPool"/>.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> ConnectTimeout = new("Mesh.Gateways.ConnectTimeout");

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    // RFC 9113, 8.2.2: what concerns one connection only has no place in HTTP/2.
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "HTTP2-Settings", "Host",
    };

    /// <exception cref="HttpRequestException">The request cannot be carried by HTTP/2.</exception>
    public static HttpRequestMessage Create(HttpRequestMessage request, EndpointState gateway, string authority, string from, TimeSpan left)
    {
        if (request.Headers.NonValidated.Contains("Upgrade"))
        {
            throw new HttpRequestException(
                HttpRequestError.VersionNegotiationError,
                $"a request that upgrades its HTTP/1.1 connection cannot go through the gateway of cluster '{gateway.Cluster}', which speaks HTTP/2: send WebSockets by HTTP/2 (extended CONNECT).");
        }

        var uri = request.RequestUri!;
        var wire = new HttpRequestMessage(request.Method, new Uri($"https://{authority}{uri.PathAndQuery}", AsWritten))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = request.Content is { } content ? ContentOf(content) : null,
        };
        CopyHeaders(request, wire);
        Add(wire, WireHeaders.Service, string.Create(CultureInfo.InvariantCulture, $"{gateway.Service}:{gateway.ServicePort}"));
        Add(wire, WireHeaders.From, from);
        Add(wire, WireHeaders.Hops, "1");
        Add(wire, WireHeaders.Authority, request.Headers.Host ?? (uri.IsDefaultPort ? uri.IdnHost : string.Create(CultureInfo.InvariantCulture, $"{uri.IdnHost}:{uri.Port}")));
        Add(wire, WireHeaders.Scheme, uri.Scheme is "https" or "wss" ? "https" : "http");

        // The caller may wait less than a try does, or have the only limit: that is handed on as it was said.
        var waited = DeadlineHeaders.Shorter(left, DeadlineHeaders.Read(request));
        if (waited != Timeout.InfiniteTimeSpan)
        {
            Add(wire, WireHeaders.Deadline, DeadlineHeaders.WriteMilliseconds(waited));
        }

        return wire;
    }

    /// <summary>The body without what only the mesh may say. The content itself stays as its caller made it.</summary>
    internal static HttpContent ContentOf(HttpContent content)
    {
        foreach (var (name, _) in content.Headers.NonValidated)
        {
            if (IsOfTheMesh(name))
            {
                return new RelabelledContent(content, static name => !IsOfTheMesh(name));
            }
        }

        return content;
    }

    /// <summary>Where requests come from, as it is written on the wire: parts that are not known, or that no header can hold, stay empty.</summary>
    public static string WriteFrom(in Locality caller) => $"{Part(caller.Region)}/{Part(caller.Zone)}/{caller.Cluster.Name}";

    // Region and zone may be what an API server says of a Node; one header that cannot be sent would end every request.
    private static string? Part(string? text) => text?.All(static c => c is > ' ' and < '\x7f' and not '/') == true ? text : null;

    private static void CopyHeaders(HttpRequestMessage request, HttpRequestMessage wire)
    {
        var nominated = request.Headers.NonValidated.Contains("Connection") ? request.Headers.Connection : null;
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            // What only the mesh may say is not taken from a caller, who may pass on what a stranger sent.
            if (!IsOfTheMesh(name) && !OfTheConnection.Contains(name) && nominated?.Contains(name, StringComparer.OrdinalIgnoreCase) != true)
            {
                wire.Headers.TryAddWithoutValidation(name, values);
            }
        }

        wire.Headers.Protocol = request.Headers.Protocol;
        foreach (var option in request.Options)
        {
            ((IDictionary<string, object?>)wire.Options)[option.Key] = option.Value;
        }
    }

    private static bool IsOfTheMesh(string header) => header.StartsWith(WireHeaders.Prefix, StringComparison.OrdinalIgnoreCase);

    private static void Add(HttpRequestMessage wire, string name, string value) => wire.Headers.TryAddWithoutValidation(name, value);
}
