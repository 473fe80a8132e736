using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Gives out cluster IPs (10.43.0.0/16) and node ports (30000–32767), lowest first, and takes them back.</summary>
internal sealed class ServiceAddresses
{
    private readonly HashSet<string> _addresses = [];
    private readonly HashSet<long> _ports = [];
    private int _next = 1;

    public void Allocate(JsonObject spec, JsonObject? old, FieldErrors errors)
    {
        if (spec.Text("type") == "ExternalName")
        {
            if (old is not null) Free(old);
            return;
        }

        Address(spec, old, errors);
        spec.Default("ipFamilyPolicy", "SingleStack");
        if (spec["ipFamilies"] is null) spec["ipFamilies"] = new JsonArray(spec.Text("clusterIP").Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4");
        if (spec.Text("type") is "NodePort" or "LoadBalancer") Ports(spec, old);
    }

    public void Free(JsonObject spec)
    {
        _addresses.Remove(spec.Text("clusterIP"));
        foreach (var port in spec.Array("ports") ?? [])
        {
            if ((port as JsonObject).TryNumber("nodePort", out var number)) _ports.Remove(number);
        }
    }

    private void Address(JsonObject spec, JsonObject? old, FieldErrors errors)
    {
        var wanted = spec.Text("clusterIP");
        if (wanted.Length == 0) wanted = Next();
        else if (wanted != "None" && wanted != old.Text("clusterIP") && !_addresses.Add(wanted))
        {
            errors.Invalid("spec.clusterIPs", new JsonArray(wanted), $"failed to allocate IP {wanted}: provided IP is already allocated");
            return;
        }

        spec["clusterIP"] = wanted;
        spec["clusterIPs"] ??= new JsonArray(wanted);
    }

    private string Next()
    {
        while (true)
        {
            var address = $"10.43.{_next / 256 % 256}.{_next % 256}";
            _next++;
            if (_next % 256 is not (0 or 255) && _addresses.Add(address)) return address;
        }
    }

    private void Ports(JsonObject spec, JsonObject? old)
    {
        var before = old.Array("ports")?.OfType<JsonObject>().ToDictionary(static port => port.Text("name"), StringComparer.Ordinal) ?? [];
        foreach (var port in spec.Array("ports")?.OfType<JsonObject>() ?? [])
        {
            if (port.TryNumber("nodePort", out var given) && given != 0) _ports.Add(given);
            else if (before.GetValueOrDefault(port.Text("name")).TryNumber("nodePort", out var kept)) port["nodePort"] = kept;
            else port["nodePort"] = Enumerable.Range(30000, 2768).First(number => _ports.Add(number));
        }
    }
}
