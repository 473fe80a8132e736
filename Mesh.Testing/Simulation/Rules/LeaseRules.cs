using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Leases: what leader election writes.</summary>
internal sealed class LeaseRules : ResourceRules
{
    public override void Default(JsonObject tree) => tree.Ensure("spec");

    public override void Validate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        var spec = tree.Object("spec");
        if (spec.TryNumber("leaseDurationSeconds", out var seconds) && seconds <= 0)
            errors.Invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0");
        if (spec.TryNumber("leaseTransitions", out var transitions) && transitions < 0)
            errors.Invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0");
    }
}
