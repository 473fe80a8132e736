using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>The ports of a Service.</summary>
internal static class ServicePortRules
{
    private const string Range = "must be between 1 and 65535, inclusive";

    public static void Validate(JsonObject spec, FieldErrors errors)
    {
        var ports = spec.Array("ports") ?? [];
        if (ports.Count == 0 && spec.Text("type") != "ExternalName" && spec.Text("clusterIP") != "None") errors.Required("spec.ports");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<(string Protocol, long Port)>();
        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i] as JsonObject;
            var path = $"spec.ports[{i}]";
            var name = port.Text("name");
            if (name.Length == 0 && ports.Count > 1) errors.Required(path + ".name");
            else if (name.Length > 0 && NameRules.LabelProblem(name) is { } badName) errors.Invalid(path + ".name", name, badName);
            else if (name.Length > 0 && !names.Add(name)) errors.Duplicate(path + ".name", name);

            port.TryNumber("port", out var number);
            if (number is < 1 or > 65535) errors.Invalid(path + ".port", number, Range);
            var protocol = port.Text("protocol");
            if (protocol is not ("TCP" or "UDP" or "SCTP")) errors.NotSupported(path + ".protocol", protocol, "SCTP", "TCP", "UDP");
            Target(port?["targetPort"], path + ".targetPort", errors);
            if (port.Text("appProtocol") is { Length: > 0 } application && NameRules.QualifiedNameProblem(application) is { } badProtocol)
                errors.Invalid(path + ".appProtocol", application, badProtocol);
            if (!numbers.Add((protocol, number)))
            {
                errors.Duplicate(path, new JsonObject
                {
                    ["Name"] = "",
                    ["Protocol"] = protocol,
                    ["AppProtocol"] = null,
                    ["Port"] = number,
                    ["TargetPort"] = 0,
                    ["NodePort"] = 0,
                });
            }
        }
    }

    private static void Target(JsonNode? target, string path, FieldErrors errors)
    {
        if (JsonFields.TryNumber(target, out var number))
        {
            if (number is < 1 or > 65535) errors.Invalid(path, number, Range);
            return;
        }

        foreach (var problem in NameRules.PortNameProblems(JsonFields.Text(target))) errors.Invalid(path, JsonFields.Text(target), problem);
    }
}
