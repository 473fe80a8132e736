using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>What a deletion asks for besides the object.</summary>
internal sealed record DeletionOptions(string Uid, string ResourceVersion, long? GraceSeconds, bool DryRun)
{
    public static DeletionOptions From(JsonObject? body, long? graceSeconds, bool dryRun)
    {
        var preconditions = body.Object("preconditions");
        var dry = dryRun || body.Array("dryRun") is { Count: > 0 };
        return new DeletionOptions(
            preconditions.Text("uid"), preconditions.Text("resourceVersion"), body.TryNumber("gracePeriodSeconds", out var asked) ? asked : graceSeconds, dry);
    }
}
