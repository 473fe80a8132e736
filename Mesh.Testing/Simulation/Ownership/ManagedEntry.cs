using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>One entry of <c>metadata.managedFields</c>. The time is empty where the manager never changed anything.</summary>
internal sealed record ManagedEntry(FieldManager Manager, string Time, FieldSet Fields)
{
    public static ManagedEntry Parse(JsonObject entry) => new(
        new FieldManager(entry.Text("manager"), entry.Text("operation") == "Apply", entry.Text("apiVersion"), entry.Text("subresource")),
        entry.Text("time"),
        FieldSet.Parse(entry.Object("fieldsV1") ?? []));

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["manager"] = Manager.Name,
            ["operation"] = Manager.Operation,
            ["apiVersion"] = Manager.ApiVersion,
        };
        if (Time.Length > 0) json["time"] = Time;
        json["fieldsType"] = "FieldsV1";
        json["fieldsV1"] = Fields.ToJson();
        if (Manager.Subresource.Length > 0) json["subresource"] = Manager.Subresource;
        return json;
    }
}
