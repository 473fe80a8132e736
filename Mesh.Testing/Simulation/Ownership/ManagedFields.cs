using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>
/// Who owns which field of an object: the rules of <c>sigs.k8s.io/structured-merge-diff</c> on the trees of the store. An entry whose fields are
/// gone goes too.
/// </summary>
internal sealed class ManagedFields(ResourceType type, TimeProvider time)
{
    private static readonly FieldSet Unowned = FieldSet.Parse(JsonNode.Parse("""
        {".":{},"f:apiVersion":{},"f:kind":{},"f:metadata":{".":{},"f:name":{},"f:namespace":{},"f:creationTimestamp":{},"f:uid":{},"f:generation":{},
         "f:managedFields":{},"f:resourceVersion":{},"f:deletionTimestamp":{},"f:deletionGracePeriodSeconds":{}}}
        """)!.AsObject());

    private static readonly FieldSet Status = FieldSet.Parse(new JsonObject { ["f:status"] = new JsonObject() });

    /// <summary>Writes into <paramref name="tree"/> what follows from somebody's ordinary write: whatever they changed is theirs.</summary>
    public void Update(JsonObject? before, JsonObject tree, FieldManager manager)
    {
        var old = before ?? type.Empty();
        var (was, now) = (FieldSets.All(old, type.Shape), FieldSets.All(tree, type.Shape));
        var removed = was.Except(now);
        var changed = now.Except(was).Union(FieldSets.Modified(old, tree, type.Shape));
        var gained = Owned(changed, manager);
        var entries = new List<ManagedEntry>();
        var own = new ManagedEntry(manager, Now(), gained);
        foreach (var entry in Read(before))
        {
            if (entry.Manager != manager) entries.Add(entry with { Fields = entry.Fields.Except(changed).Except(removed) });
            else own = new ManagedEntry(manager, gained.IsEmpty ? entry.Time : own.Time, entry.Fields.Union(gained).Except(removed));
        }

        Write(tree, [.. entries, own]);
    }

    /// <summary>
    /// The object after an apply, with its owners written into it. Fields that the manager applied before and leaves out now are dropped, unless
    /// another owns them.
    /// </summary>
    /// <exception cref="ApiException">It would change what others own, and is not forced.</exception>
    public JsonObject Apply(JsonObject? before, JsonObject applied, FieldManager manager, bool force)
    {
        var shape = type.Shape;
        var live = before ?? new JsonObject { ["metadata"] = new JsonObject() };
        var config = Owned(FieldSets.Applied(applied, shape), manager);
        var merged = TreeMerge.Merge(live, applied, shape)!.AsObject();
        var others = Read(before).Where(entry => entry.Manager != manager).ToList();
        var own = Read(before).FirstOrDefault(entry => entry.Manager == manager);
        var previous = own?.Fields ?? new FieldSet();
        TreeMerge.Remove(merged, Dropped(previous, others.Aggregate(config, static (all, entry) => all.Union(entry.Fields))), shape);

        var (was, now) = (FieldSets.All(live, shape), FieldSets.All(merged, shape));
        var changed = now.Except(was).Union(FieldSets.Modified(live, merged, shape));
        var conflicts = others.Select(entry => (entry.Manager, Fields: entry.Fields.Intersect(changed))).Where(static one => !one.Fields.IsEmpty).ToList();
        if (conflicts.Count > 0 && !force) throw Refuse.ApplyConflict(conflicts);
        var removed = was.Except(now);
        var when = changed.IsEmpty && removed.IsEmpty ? own?.Time ?? "" : Now();
        Write(merged, [.. others.Select(entry => entry with { Fields = entry.Fields.Except(changed).Except(removed) }), new ManagedEntry(manager, when, config)]);
        return merged;
    }

    /// <summary>Whether both objects say the same of their owners, whenever that was.</summary>
    public static bool SameOwners(JsonObject left, JsonObject right)
    {
        var (one, other) = (Read(left).ToList(), Read(right).ToList());
        return one.Count == other.Count
            && one.TrueForAll(entry => other.Exists(match => match.Manager == entry.Manager && match.Fields.SameAs(entry.Fields)));
    }

    /// <summary>Of what was applied before, what nobody owns now; a list item or an object stays while anybody owns something in it.</summary>
    private static FieldSet Dropped(FieldSet previous, FieldSet owned)
    {
        var result = new FieldSet();
        Copy(previous, owned, result);
        return result.Trimmed();

        static void Copy(FieldSet from, FieldSet? owned, FieldSet to)
        {
            if (from.IsMember && owned is not { IsEmpty: false }) to.Add();
            foreach (var (element, child) in from.Children) Copy(child, owned?.Find(element), to.Below(element));
        }
    }

    private static IEnumerable<ManagedEntry> Read(JsonObject? tree) =>
        (tree.Object("metadata").Array("managedFields") ?? []).OfType<JsonObject>().Select(ManagedEntry.Parse);

    private static void Write(JsonObject tree, IEnumerable<ManagedEntry> entries)
    {
        var metadata = ObjectTree.Metadata(tree);
        metadata.Remove("managedFields");
        var kept = entries.Where(static entry => !entry.Fields.IsEmpty)
            .OrderBy(static entry => !entry.Manager.Applies).ThenBy(static entry => entry.Time, StringComparer.Ordinal)
            .ThenBy(static entry => entry.Manager.Name, StringComparer.Ordinal).Select(static entry => (JsonNode)entry.ToJson()).ToArray();
        if (kept.Length > 0) metadata["managedFields"] = new JsonArray(kept);
    }

    /// <summary>Without what nobody owns, and without the status unless it is what is written.</summary>
    private FieldSet Owned(FieldSet fields, FieldManager manager)
    {
        var owned = fields.Except(Unowned);
        return type.HasStatus && manager.Subresource.Length == 0 ? owned.ExceptBelow(Status) : owned;
    }

    private string Now() => ObjectTree.Time(time.GetUtcNow());
}
