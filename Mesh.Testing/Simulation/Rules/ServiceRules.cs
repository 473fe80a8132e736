using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Services: defaults by type, ports, and the addresses and node ports given out to them.</summary>
internal sealed class ServiceRules : StatusResourceRules
{
    private static readonly string[] Types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
    private readonly ServiceAddresses _addresses = new();

    public override string? NameProblem(string name) => NameRules.LabelProblem(name);

    public override void Default(JsonObject tree)
    {
        var spec = tree.Ensure("spec");
        spec.Default("sessionAffinity", "None");
        spec.Default("type", "ClusterIP");
        if (spec.Text("sessionAffinity") == "None") spec.Remove("sessionAffinityConfig");
        else if (spec.Text("sessionAffinity") == "ClientIP") spec.Ensure("sessionAffinityConfig").Ensure("clientIP").Default("timeoutSeconds", 10800);

        foreach (var port in spec.Array("ports")?.OfType<JsonObject>() ?? [])
        {
            port.Default("protocol", "TCP");
            if (port["targetPort"] is null || JsonFields.TryNumber(port["targetPort"], out var target) && target == 0)
                port["targetPort"] = port["port"]?.DeepClone() ?? 0;
        }

        if (spec.Array("ports") is { Count: 0 }) spec.Remove("ports");
        if (spec.Text("type") is "NodePort" or "LoadBalancer") spec.Default("externalTrafficPolicy", "Cluster");
        if (spec.Text("type") is "LoadBalancer") spec.Default("allocateLoadBalancerNodePorts", true);
        if (spec.Text("type") != "ExternalName") spec.Default("internalTrafficPolicy", "Cluster");
        tree.Ensure("status").Ensure("loadBalancer");
    }

    public override void PrepareCreate(JsonObject tree)
    {
        base.PrepareCreate(tree);
        tree.Ensure("status").Ensure("loadBalancer");
    }

    public override void PrepareUpdate(JsonObject tree, JsonObject old)
    {
        base.PrepareUpdate(tree, old);
        var spec = tree.Object("spec")!;
        if (spec.Text("type") == "ExternalName")
        {
            spec.Remove("clusterIP");
            spec.Remove("clusterIPs");
            return;
        }

        // An update that leaves the address out keeps it.
        foreach (var field in (string[])["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"])
        {
            if (spec[field] is null && old.Object("spec")?[field] is { } kept) spec[field] = kept.DeepClone();
        }
    }

    public override void Validate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        var spec = tree.Object("spec")!;
        var type = spec.Text("type");
        ServicePortRules.Validate(spec, errors);
        if (spec.Text("sessionAffinity") is var affinity and not ("ClientIP" or "None"))
            errors.NotSupported("spec.sessionAffinity", affinity, "ClientIP", "None");
        if (!Types.Contains(type)) errors.NotSupported("spec.type", type, Types);
        if (type == "ExternalName" && spec.Text("externalName").Length == 0) errors.Required("spec.externalName");
        foreach (var (key, value) in spec.Object("selector") ?? [])
        {
            if (NameRules.QualifiedNameProblem(key) is { } badKey) errors.Invalid("spec.selector", key, badKey);
            if (NameRules.LabelValueProblem(JsonFields.Text(value)) is { } badValue) errors.Invalid("spec.selector", value, badValue);
        }

        if (spec.Text("clusterIP") is { Length: > 0 } address and not "None")
        {
            if (EndpointAddressRules.FormProblem(address, out _) is { } badAddress) errors.Invalid("spec.clusterIPs[0]", address, badAddress);
            else if (old.Object("spec").Text("clusterIP") is { Length: > 0 } before && before != address && type != "ExternalName")
                errors.Invalid("spec.clusterIPs[0]", new JsonArray(address), "may not change once set");
        }

        if (type != "LoadBalancer" && tree.Object("status").Object("loadBalancer").Array("ingress") is { Count: > 0 })
            errors.Forbidden("status.loadBalancer.ingress", "may only be used when `spec.type` is 'LoadBalancer'");
    }

    public override void Allocate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        foreach (var ingress in tree.Object("status").Object("loadBalancer").Array("ingress")?.OfType<JsonObject>() ?? [])
        {
            if (ingress.Text("ip").Length > 0) ingress.Default("ipMode", "VIP");
        }

        _addresses.Allocate(tree.Object("spec")!, old.Object("spec"), errors);
    }

    public override void Removed(StoredObject stored) => _addresses.Free(stored.ToTree().Object("spec")!);
}
