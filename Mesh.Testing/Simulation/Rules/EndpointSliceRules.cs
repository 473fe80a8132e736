using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>EndpointSlices (<c>pkg/apis/discovery/validation</c>). Port numbers are not checked; the real server does not either.</summary>
internal sealed class EndpointSliceRules : ResourceRules
{
    public override void Default(JsonObject tree)
    {
        if (tree.Array("ports") is { Count: > 0 } ports)
        {
            foreach (var port in ports.OfType<JsonObject>())
            {
                if (port["name"] is null) port["name"] = "";
                port.Default("protocol", "TCP");
            }
        }
        else
        {
            tree["ports"] = null;
        }

        if (tree.Array("endpoints") is not { Count: > 0 }) tree["endpoints"] = null;
        foreach (var endpoint in tree.Array("endpoints")?.OfType<JsonObject>() ?? []) endpoint.Ensure("conditions");
    }

    public override void Validate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        var type = tree.Text("addressType");
        if (type.Length == 0) errors.Required("addressType");
        else if (type is not ("IPv4" or "IPv6" or "FQDN")) errors.NotSupported("addressType", type, "FQDN", "IPv4", "IPv6");
        else if (old is not null && old.Text("addressType") != type) errors.Invalid("addressType", null, "field is immutable");
        else
        {
            Ports(tree.Array("ports") ?? [], errors);
            Endpoints(tree.Array("endpoints") ?? [], type, errors);
        }
    }

    private static void Ports(JsonArray ports, FieldErrors errors)
    {
        if (ports.Count > 100)
        {
            errors.TooMany("ports", ports.Count, 100);
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i] as JsonObject;
            var name = port.Text("name");
            if (name.Length > 0 && NameRules.LabelProblem(name) is { } badName) errors.Invalid($"ports[{i}].name", name, badName);
            if (!names.Add(name)) errors.Duplicate($"ports[{i}].name", name);
            if (port.Text("protocol") is var protocol and not ("TCP" or "UDP" or "SCTP"))
                errors.NotSupported($"ports[{i}].protocol", protocol, "SCTP", "TCP", "UDP");
            if (port.Text("appProtocol") is { Length: > 0 } application && NameRules.QualifiedNameProblem(application) is { } badProtocol)
                errors.Invalid($"ports[{i}].appProtocol", application, badProtocol);
        }
    }

    private static void Endpoints(JsonArray endpoints, string type, FieldErrors errors)
    {
        if (endpoints.Count > 1000)
        {
            errors.TooMany("endpoints", endpoints.Count, 1000);
            return;
        }

        for (var i = 0; i < endpoints.Count; i++) Endpoint(endpoints[i] as JsonObject, $"endpoints[{i}]", type, errors);
    }

    private static void Endpoint(JsonObject? endpoint, string path, string type, FieldErrors errors)
    {
        var addresses = endpoint.Array("addresses") ?? [];
        if (addresses.Count == 0) errors.Required(path + ".addresses");
        else if (addresses.Count > 100) errors.TooMany(path + ".addresses", addresses.Count, 100);
        else
        {
            for (var i = 0; i < addresses.Count; i++)
                EndpointAddressRules.Validate(JsonFields.Text(addresses[i]), type, path + ".addresses", i, errors);
        }

        if (endpoint.Text("nodeName") is { Length: > 0 } node && NameRules.SubdomainProblem(node) is { } badNode)
            errors.Invalid(path + ".nodeName", node, badNode);
        if (endpoint.Text("hostname") is { Length: > 0 } host && NameRules.LabelProblem(host) is { } badHost)
            errors.Invalid(path + ".hostname", host, badHost);
        var zones = endpoint.Object("hints").Array("forZones") ?? [];
        for (var i = 0; i < zones.Count; i++)
        {
            var zone = (zones[i] as JsonObject).Text("name");
            if (NameRules.LabelValueProblem(zone) is { } badZone) errors.Invalid($"{path}.hints.forZones[{i}].name", zone, badZone);
        }
    }
}
