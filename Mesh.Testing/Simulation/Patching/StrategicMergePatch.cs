using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>
/// Strategic merge patch for the lists that a mesh's objects have: they merge by key, other lists are replaced. Directives (<c>$patch</c> and
/// its like) are refused, not guessed.
/// </summary>
internal static class StrategicMergePatch
{
    private static readonly Dictionary<string, string> MergeKeys = new(StringComparer.Ordinal)
    {
        ["conditions"] = "type",
        ["containers"] = "name",
        ["initContainers"] = "name",
        ["addresses"] = "type",
        ["volumes"] = "name",
        ["env"] = "name",
        ["ownerReferences"] = "uid",
        ["podIPs"] = "ip",
        ["ingress"] = "",
    };

    public static JsonObject Apply(JsonObject target, JsonObject patch, string plural)
    {
        foreach (var (name, value) in patch)
        {
            if (name.StartsWith('$')) throw Refuse.NotSimulated($"the strategic merge directive {name}");
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject inner:
                    target[name] = Apply(target[name] is JsonObject found ? found.DeepClone().AsObject() : [], inner, plural);
                    break;
                case JsonArray list when name == "finalizers":
                    target[name] = Union(target[name] as JsonArray, list);
                    break;
                case JsonArray list when KeyOf(name, plural) is { Length: > 0 } key && target[name] is JsonArray present:
                    target[name] = Merge(present, list, key, plural);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }

        return target;
    }

    private static string? KeyOf(string name, string plural) => name == "ports"
        ? plural switch { "services" => "port", "pods" => "containerPort", _ => null }
        : MergeKeys.GetValueOrDefault(name);

    private static JsonArray Union(JsonArray? present, JsonArray added) =>
        new([.. (present ?? []).Concat(added).Select(JsonFields.Text).Distinct().Select(static one => JsonValue.Create(one))]);

    private static JsonArray Merge(JsonArray present, JsonArray patch, string key, string plural)
    {
        var merged = present.DeepClone().AsArray();
        foreach (var item in patch.OfType<JsonObject>())
        {
            if (item.ContainsKey("$patch")) throw Refuse.NotSimulated("the strategic merge directive $patch");
            var same = merged.OfType<JsonObject>().FirstOrDefault(one => JsonNode.DeepEquals(one[key], item[key]));
            if (same is null) merged.Insert(0, item.DeepClone());
            else Apply(same, item, plural);
        }

        return merged;
    }
}
