using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>
/// What is particular to one type of object: its defaults, what it refuses, and what an update leaves alone. The base holds for types without
/// particulars. All of it runs inside a write of the store.
/// </summary>
internal class ResourceRules
{
    public static ResourceRules Plain { get; } = new();

    /// <summary>What is wrong with an object's name; <c>asPrefix</c> for a <c>generateName</c>.</summary>
    public virtual string? NameProblem(string name) => NameRules.SubdomainProblem(name);

    /// <summary>Fills in what the client left out.</summary>
    public virtual void Default(JsonObject tree)
    {
    }

    /// <summary>Drops what a client may not set on a new object.</summary>
    public virtual void PrepareCreate(JsonObject tree)
    {
    }

    /// <summary>Puts back what an ordinary update may not change.</summary>
    public virtual void PrepareUpdate(JsonObject tree, JsonObject old)
    {
    }

    /// <summary>Puts back what an update of <c>/status</c> may not change: everything else but labels and annotations.</summary>
    public virtual void PrepareStatusUpdate(JsonObject tree, JsonObject old)
    {
        foreach (var (name, _) in tree.ToList())
        {
            if (name is not ("metadata" or "status")) tree.Remove(name);
        }

        foreach (var (name, value) in old)
        {
            if (name is not ("metadata" or "status")) tree[name] = value?.DeepClone();
        }
    }

    /// <summary>Drops from what is applied what this kind of apply does not touch.</summary>
    public virtual void PrepareApply(JsonObject applied, bool status)
    {
    }

    /// <summary>Refuses; <paramref name="old"/> is <see langword="null"/> for a new object.</summary>
    public virtual void Validate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
    }

    /// <summary>Gives out what is unique in the cluster, after all else was found right.</summary>
    public virtual void Allocate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
    }

    /// <summary>The object is gone: what was given out is free again.</summary>
    public virtual void Removed(StoredObject stored)
    {
    }

    /// <summary>How long the object stays after a deletion that asks for <paramref name="requested"/> seconds; 0 = it goes at once.</summary>
    public virtual long GraceSeconds(JsonObject tree, long? requested) => 0;
}
