using System.Text.Json;
using Mesh.Drafts;

namespace Mesh.Files;

/// <summary>The catalog file's objects and their fields. The format is in <c>docs/catalog-file.md</c>, its schema in <c>docs/schemas/mesh-catalog.schema.json</c>.</summary>
internal static class CatalogFileShapes
{
    public static readonly ObjectShape<GatewayDraft> Gateway = new(
        "gateway",
        ("hosts", static (JsonText t, ref Utf8JsonReader j, GatewayDraft g) => t.ReadArray(ref j, g, ReadHost)),
        ("port", static (JsonText t, ref Utf8JsonReader j, GatewayDraft g) => g.Port = t.ReadInt(ref j, 1, 65535) ?? g.Port));

    public static readonly ObjectShape<ClusterDraft> Cluster = new(
        "cluster",
        ("region", static (JsonText t, ref Utf8JsonReader j, ClusterDraft c) => c.Region = t.ReadString(ref j)),
        ("zone", static (JsonText t, ref Utf8JsonReader j, ClusterDraft c) => c.Zone = t.ReadString(ref j)),
        ("group", static (JsonText t, ref Utf8JsonReader j, ClusterDraft c) => c.Group = t.ReadString(ref j) ?? c.Group),
        ("network", static (JsonText t, ref Utf8JsonReader j, ClusterDraft c) => c.Network = t.ReadString(ref j)),
        ("gateway", ReadGateway),
        ("podCidrs", ReadPodCidrs),
        ("drain", static (JsonText t, ref Utf8JsonReader j, ClusterDraft c) => c.Drain = t.ReadInt(ref j, 0, 100) ?? 0));

    public static readonly ObjectShape<FilePort> Port = new(
        "port",
        ("name", static (JsonText t, ref Utf8JsonReader j, FilePort p) => p.Name = ReadLabel(t, ref j) ?? ""),
        ("port", static (JsonText t, ref Utf8JsonReader j, FilePort p) => p.Port = t.ReadInt(ref j, 1, 65535) ?? 1),
        ("targetPort", static (JsonText t, ref Utf8JsonReader j, FilePort p) => p.TargetPort = t.ReadInt(ref j, 1, 65535)),
        ("protocol", ReadProtocol),
        ("appProtocol", static (JsonText t, ref Utf8JsonReader j, FilePort p) => p.AppProtocol = t.ReadString(ref j)));

    public static readonly ObjectShape<FileEndpoint> Endpoint = new(
        "endpoint",
        ("address", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => ReadAddress(t, ref j, e)),
        ("port", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => e.Port = t.ReadInt(ref j, 1, 65535)),
        ("ports", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => t.ReadMap(ref j, e.Ports, static (_, name, _, _) =>
            (JsonText text, ref Utf8JsonReader json, Dictionary<string, int> ports) => ports[name] = text.ReadInt(ref json, 1, 65535) ?? 1)),
        ("cluster", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => (e.ClusterPlace, e.Cluster) = (t.Place(j), t.ReadString(ref j))),
        ("region", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => e.Region = t.ReadString(ref j)),
        ("zone", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => e.Zone = t.ReadString(ref j)),
        ("node", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => e.Node = t.ReadString(ref j)),
        ("weight", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => e.Weight = t.ReadInt(ref j, 0, EndpointSegmentBuilder.MaxWeight) ?? 1),
        ("ready", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => e.Ready = t.ReadBool(ref j)),
        ("serving", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => e.Serving = t.ReadBool(ref j)),
        ("terminating", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => e.Terminating = t.ReadBool(ref j)),
        ("zoneHints", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => t.ReadArray(ref j, e.ZoneHints, AddText)),
        ("nodeHints", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => t.ReadArray(ref j, e.NodeHints, AddText)),
        ("labels", static (JsonText t, ref Utf8JsonReader j, FileEndpoint e) => t.ReadMap(ref j, e.Labels, static (_, key, _, _) =>
            (JsonText text, ref Utf8JsonReader json, Dictionary<string, string> labels) => labels[key] = text.ReadString(ref json) ?? "")));

    public static readonly ObjectShape<FileService> Service = new(
        "service",
        ("ports", static (JsonText t, ref Utf8JsonReader j, FileService s) => t.ReadArray(ref j, s, ReadPort)),
        ("endpoints", static (JsonText t, ref Utf8JsonReader j, FileService s) => t.ReadArray(ref j, s, ReadEndpoint)),
        ("policy", static (JsonText t, ref Utf8JsonReader j, FileService s) => s.Policy = PolicyShape.Read(t, ref j)));

    public static readonly ObjectShape<CatalogFileDraft> Root = new(
        "file",
        ("$schema", static (JsonText t, ref Utf8JsonReader j, CatalogFileDraft _) => t.ReadString(ref j)),
        ("clusters", static (JsonText t, ref Utf8JsonReader j, CatalogFileDraft f) => t.ReadMap(ref j, f, ClusterNamed)),
        ("services", static (JsonText t, ref Utf8JsonReader j, CatalogFileDraft f) => t.ReadMap(ref j, f, ServiceNamed)));

    private static FieldReader<CatalogFileDraft>? ClusterNamed(JsonText text, string name, JsonPlace place, CatalogFileDraft file)
    {
        if (!DnsLabel.IsValid(name))
        {
            text.Error(place, "is not a cluster's name; use 1 to 63 of a-z, 0-9 and '-'");
            return null;
        }

        return (JsonText t, ref Utf8JsonReader j, CatalogFileDraft f) =>
        {
            var cluster = new ClusterDraft();
            t.ReadObject(ref j, Cluster, cluster);
            f.Clusters[name] = cluster;
        };
    }

    private static FieldReader<CatalogFileDraft>? ServiceNamed(JsonText text, string name, JsonPlace place, CatalogFileDraft file)
    {
        if (!ServiceName.TryParse(name, out var service))
        {
            text.Error(place, "is not a service; write name.namespace in lower case (orders.sales)");
            return null;
        }

        return (JsonText t, ref Utf8JsonReader j, CatalogFileDraft f) =>
        {
            var draft = new FileService(service);

            // The short form: nothing but endpoints.
            if (j.TokenType == JsonTokenType.StartArray)
            {
                t.ReadArray(ref j, draft, ReadEndpoint);
            }
            else
            {
                t.ReadObject(ref j, Service, draft);
            }

            f.Services.Add(draft);
        };
    }

    private static void ReadPort(JsonText text, ref Utf8JsonReader json, FileService service)
    {
        var port = new FilePort { Place = text.Place(json) };
        if (json.TokenType == JsonTokenType.Number)
        {
            port.Port = text.ReadInt(ref json, 1, 65535) ?? 1;
        }
        else if (!text.ReadObject(ref json, Port, port).ContainsKey("port"))
        {
            text.Error(port.Place, "has no 'port'; write the number that callers use");
        }

        if (service.Ports.Any(p => p.Name == port.Name || (p.Port == port.Port && p.Protocol == port.Protocol)))
        {
            text.Error(port.Place, "has the name or the number of another port; give each its own");
        }

        service.Ports.Add(port);
    }

    private static void ReadEndpoint(JsonText text, ref Utf8JsonReader json, FileService service)
    {
        var endpoint = new FileEndpoint { Place = text.Place(json) };
        if (json.TokenType == JsonTokenType.String)
        {
            ReadAddress(text, ref json, endpoint);
        }
        else if (!text.ReadObject(ref json, Endpoint, endpoint).ContainsKey("address"))
        {
            text.Error(endpoint.Place, "has no 'address'; write an IP address or a DNS name");
        }

        service.Endpoints.Add(endpoint);
    }

    private static void ReadAddress(JsonText text, ref Utf8JsonReader json, FileEndpoint endpoint)
    {
        var place = text.Place(json);
        if (text.ReadString(ref json) is not { } written)
        {
            return;
        }

        if (!AddressAndPort.TryParse(written, out var address, out var port))
        {
            text.Error(place, $"'{DnsLabel.Printable(written)}' is neither an IP address nor a DNS name, with or without a port (10.0.0.1, 10.0.0.1:8080, [fd00::1]:8080)");
            return;
        }

        endpoint.Address = address;
        endpoint.AddressPort = port;
    }

    private static void ReadPodCidrs(JsonText text, ref Utf8JsonReader json, ClusterDraft cluster)
    {
        var place = cluster.PodCidrsPlace = text.Place(json);
        var texts = new List<string>();
        text.ReadArray(ref json, texts, AddText);
        if (AddressRanges.TryParse(texts, out var ranges, out var wrong))
        {
            cluster.PodCidrs = ranges.Ranges.IsEmpty ? null : ranges;
        }

        foreach (var range in wrong)
        {
            text.Error(place, $"'{DnsLabel.Printable(range)}' is no range of addresses; write it as 10.20.0.0/16 or fd00:20::/48, with every bit after the prefix 0");
        }
    }

    private static void ReadGateway(JsonText text, ref Utf8JsonReader json, ClusterDraft cluster)
    {
        var place = text.Place(json);
        var gateway = new GatewayDraft();
        text.ReadObject(ref json, Gateway, gateway);
        if (gateway.Hosts.Count == 0)
        {
            text.Error(place, "has no 'hosts'; write at least one IP address or DNS name");
        }

        cluster.Gateway = gateway;
    }

    private static void ReadHost(JsonText text, ref Utf8JsonReader json, GatewayDraft gateway)
    {
        var place = text.Place(json);
        if (text.ReadString(ref json) is { } host)
        {
            if (EndpointAddress.TryParse(host, out var address))
            {
                gateway.Hosts.Add(address);
            }
            else
            {
                text.Error(place, $"'{DnsLabel.Printable(host)}' is neither an IP address nor a DNS name");
            }
        }
    }

    private static void ReadProtocol(JsonText text, ref Utf8JsonReader json, FilePort port)
    {
        if (json.TokenType == JsonTokenType.String && Enum.TryParse<TransportProtocol>(json.GetString(), true, out var protocol) && Enum.IsDefined(protocol))
        {
            port.Protocol = protocol;
        }
        else
        {
            text.Mismatch<object>(ref json, "TCP, UDP or SCTP");
        }
    }

    private static string? ReadLabel(JsonText text, ref Utf8JsonReader json)
    {
        var place = text.Place(json);
        var label = text.ReadString(ref json);
        if (label is { Length: > 0 } && !DnsLabel.IsValid(label))
        {
            text.Error(place, $"'{DnsLabel.Printable(label)}' must be 1 to 63 of a-z, 0-9 and '-'");
        }

        return label;
    }

    private static void AddText(JsonText text, ref Utf8JsonReader json, List<string> list)
    {
        if (text.ReadString(ref json) is { } item)
        {
            list.Add(item);
        }
    }
}
