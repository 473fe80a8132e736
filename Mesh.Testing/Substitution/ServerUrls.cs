namespace Mesh.Substitution;

/// <summary>A service made of servers' URLs.</summary>
internal static class ServerUrls
{
    public static Action<MemoryServiceBuilder> Describe(IReadOnlyList<string> urls)
    {
        var servers = urls.Select(Parse).ToList();
        if (servers.Find(s => s.Scheme != servers[0].Scheme) is { } other)
        {
            throw new FormatException($"'{other}' and '{servers[0]}' have different schemes; a service's endpoints speak the same. Declare two services, or describe the ports.");
        }

        return service =>
        {
            service.Port(servers[0].Scheme == Uri.UriSchemeHttps ? 443 : 80, servers[0].Scheme);
            servers.ForEach(server => service.Endpoint(server.IdnHost, server.Port));
        };
    }

    private static Uri Parse(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var server)
        && (server.Scheme == Uri.UriSchemeHttp || server.Scheme == Uri.UriSchemeHttps)
        && server is { PathAndQuery: "/", Fragment: "", UserInfo: "" }
            ? server
            : throw new FormatException($"'{DnsLabel.Printable(url)}' is not the address of a server: write scheme, host and port alone, such as http://127.0.0.1:5000.");
}
