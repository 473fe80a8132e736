using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>JSON merge patch (RFC 7386).</summary>
internal static class MergePatch
{
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null) target.Remove(name);
            else if (value is JsonObject inner) target[name] = Apply(target[name] is JsonObject found ? found.DeepClone().AsObject() : [], inner);
            else target[name] = value.DeepClone();
        }

        return target;
    }
}
