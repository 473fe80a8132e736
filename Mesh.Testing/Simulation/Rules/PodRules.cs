using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Pods: the defaults that readers look at, and a deletion that waits for the kubelet.</summary>
internal sealed class PodRules : StatusResourceRules
{
    private static readonly string[] Changeable = ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "containers", "initContainers"];

    public override void Default(JsonObject tree)
    {
        var spec = tree.Ensure("spec");
        foreach (var container in spec.Array("containers")?.OfType<JsonObject>() ?? [])
        {
            container.Ensure("resources");
            container.Default("imagePullPolicy", container.Text("image").Contains(':', StringComparison.Ordinal) ? "IfNotPresent" : "Always");
            foreach (var port in container.Array("ports")?.OfType<JsonObject>() ?? []) port.Default("protocol", "TCP");
        }

        spec.Default("restartPolicy", "Always");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("serviceAccountName", "default");
        spec.Default("serviceAccount", spec.Text("serviceAccountName"));
        spec.Ensure("securityContext");
        spec.Default("schedulerName", "default-scheduler");
        spec.Default("enableServiceLinks", true);
    }

    public override void PrepareCreate(JsonObject tree) =>
        tree["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = "BestEffort" };

    public override void PrepareStatusUpdate(JsonObject tree, JsonObject old)
    {
        base.PrepareStatusUpdate(tree, old);
        var status = tree.Ensure("status");
        status.Default("qosClass", "BestEffort");
        if (status.Text("podIP") is { Length: > 0 } address && (status.Array("podIPs")?[0] as JsonObject).Text("ip") != address)
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address });
    }

    public override void Validate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        var containers = tree.Object("spec").Array("containers") ?? [];
        if (containers.Count == 0) errors.Required("spec.containers");
        for (var i = 0; i < containers.Count; i++)
        {
            var container = containers[i] as JsonObject;
            var name = container.Text("name");
            if (name.Length == 0) errors.Required($"spec.containers[{i}].name");
            else if (NameRules.LabelProblem(name) is { } bad) errors.Invalid($"spec.containers[{i}].name", name, bad);
            if (container.Text("image").Length == 0) errors.Required($"spec.containers[{i}].image");
        }

        if (old is not null && !JsonNode.DeepEquals(Fixed(tree), Fixed(old)))
        {
            errors.Forbidden(
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)");
        }
    }

    public override long GraceSeconds(JsonObject tree, long? requested)
    {
        // Without a node there is no kubelet to wait for.
        if (tree.Object("spec").Text("nodeName").Length == 0) return 0;
        if (tree.Object("status").Text("phase") is "Succeeded" or "Failed") return 0;
        if (requested is { } asked) return asked;
        return tree.Object("spec").TryNumber("terminationGracePeriodSeconds", out var seconds) ? seconds : 30;
    }

    private static JsonObject? Fixed(JsonObject tree)
    {
        var spec = tree.Object("spec")?.DeepClone().AsObject();
        foreach (var field in Changeable) spec?.Remove(field);
        return spec;
    }
}
