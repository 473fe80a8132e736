using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Server-side apply: makes an object, or changes the fields that the manager applies.</summary>
internal sealed class Applying(ObjectStore store, Creation creation, Updating updating, TimeProvider time)
{
    /// <summary>Applies. The flag says that the object was made.</summary>
    public (StoredObject Object, bool Created) Apply(ServedResource served, string @namespace, string name, JsonObject body, bool force, WriteOptions options)
    {
        var applied = Checked(served, name, body);
        return store.Write(writer =>
        {
            var type = served.Type;
            var stored = writer.Find(type, @namespace, name);
            if (stored is null && options.Status) throw Refuse.NotFound(type, name);
            if (FieldShape.Undeclared(applied, type.Shape) is { } path)
                throw new ApiException(new ApiStatus(500, "", $"failed to create typed patch object ({body.Object("metadata").Text("namespace")}/{body.Object("metadata").Text("name")}; {served.ApiVersion}, Kind={type.Kind}): {path}: field not declared in schema"));
            var metadata = ObjectTree.Metadata(applied);
            if (ObjectTree.Revision(metadata) is var revision && revision != 0 && revision != stored?.Revision) throw Refuse.Modified(type, name);
            if (stored is not null && metadata.Text("uid") is { Length: > 0 } uid && uid != stored.Uid) throw Refuse.WrongUid(type, stored, uid);
            foreach (var field in (string[])["resourceVersion", "uid", "creationTimestamp", "generation"]) metadata.Remove(field);
            type.Rules.PrepareApply(applied, options.Status);
            var result = new ManagedFields(type, time).Apply(stored?.ToTree(), applied, options.Manager!.Value, force);
            var known = options with { OwnersKnown = true };
            return stored is null
                ? (creation.Create(writer, type, @namespace, result, known), true)
                : (updating.Update(writer, type, stored, ObjectTree.Canonical(result), known), false);
        });
    }

    private static JsonObject Checked(ServedResource served, string name, JsonObject body)
    {
        var (apiVersion, kind) = (body.Text("apiVersion"), body.Text("kind"));
        if (apiVersion.Length == 0 || kind.Length == 0) throw Refuse.BadRequest($"invalid object type: {GroupVersion(apiVersion)}, Kind={kind}");
        if (apiVersion != served.ApiVersion || kind != served.Type.Kind)
            throw Refuse.BadRequest($"{kind} in version \"{apiVersion}\" cannot be applied as a {served.Type.Kind} of {served.ApiVersion}");
        var metadata = body.Object("metadata");
        if (metadata?["managedFields"] is not null) throw Refuse.BadRequest("metadata.managedFields must be nil");
        if (metadata.Text("name") is { Length: > 0 } stated && stated != name)
            throw Refuse.BadRequest($"the name of the object ({stated}) does not match the name on the URL ({name})");
        ObjectMetaRules.RequireText(kind, body);
        var applied = ObjectTree.Canonical(body);
        ObjectTree.Metadata(applied)["name"] = name;
        return applied;
    }

    private static string GroupVersion(string apiVersion) => apiVersion.Contains('/', StringComparison.Ordinal) ? apiVersion : "/" + apiVersion;
}
