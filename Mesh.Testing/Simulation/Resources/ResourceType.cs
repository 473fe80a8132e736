using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>One kind of object that the server stores, under all the versions it is served in.</summary>
internal sealed class ResourceType
{
    private readonly ServedResource[] _served;

    public ResourceType(string group, IReadOnlyList<string> versions, string plural, string kind, ResourceRules rules)
    {
        Group = group;
        Plural = plural;
        Kind = kind;
        Rules = rules;
        QualifiedPlural = group.Length == 0 ? plural : plural + "." + group;
        Singular = kind.ToLowerInvariant();
        _served = [.. versions.Select(version => new ServedResource(this, version))];
    }

    public string Group { get; }

    public string Plural { get; }

    public string Kind { get; }

    /// <summary>Defaults, validation and what an update may change.</summary>
    public ResourceRules Rules { get; }

    public string Singular { get; init; }

    public bool Namespaced { get; init; } = true;

    public bool HasStatus { get; init; }

    /// <summary>Stored as a CRD's instances are: list items name their kind, an update needs a resourceVersion.</summary>
    public bool Custom { get; init; }

    /// <summary>It is served because of a CustomResourceDefinition, and as long as there is one.</summary>
    public bool IsDefined { get; init; }

    public bool CreateOnUpdate { get; init; }

    public bool UnconditionalUpdate { get; init; } = true;

    /// <summary>A deletion answers the object, not a Status.</summary>
    public bool DeletionReturnsObject { get; init; }

    /// <summary>How its fields merge and who may own them.</summary>
    public FieldShape Shape { get; init; } = FieldShapes.Plain;

    public GenerationRule Generation { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>What an empty object has besides metadata, as a bookmark shows it: JSON that follows the metadata.</summary>
    public string EmptyBody { get; init; } = "";

    public IReadOnlyList<ServedResource> Served => _served;

    /// <summary>Names the type among all: what its objects are stored under, whatever becomes of its definition.</summary>
    public string QualifiedPlural { get; }

    public string QualifiedKind => Group.Length == 0 ? Kind : Kind + "." + Group;

    /// <summary>An object of the type without anything in it: what a new one is compared with.</summary>
    public JsonObject Empty() => JsonNode.Parse("{\"metadata\":{}" + EmptyBody + "}")!.AsObject();

    /// <summary>Where etcd would keep the object: shows up in one error message.</summary>
    public string StorageKey(StoredObject stored) =>
        $"/registry/{(Plural == "services" ? "services/specs" : Plural)}/{stored.Key}";
}
