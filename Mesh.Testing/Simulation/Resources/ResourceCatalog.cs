namespace Mesh.Simulation;

/// <summary>What the server serves. Immutable; a new resource makes a new catalog.</summary>
internal sealed class ResourceCatalog
{
    private readonly Dictionary<(string Group, string Version, string Plural), ServedResource> _served;

    public ResourceCatalog(IReadOnlyList<ResourceType> types)
    {
        Types = types;
        _served = types.SelectMany(static type => type.Served)
            .ToDictionary(static served => (served.Type.Group, served.Version, served.Type.Plural));
    }

    public IReadOnlyList<ResourceType> Types { get; }

    public ServedResource? Find(string group, string version, string plural) => _served.GetValueOrDefault((group, version, plural));

    public bool ServesGroupVersion(string group, string version) =>
        _served.Keys.Any(key => key.Group == group && key.Version == version);

    /// <summary>The groups with their versions, preferred first; the core group is the empty one.</summary>
    public IEnumerable<(string Group, IReadOnlyList<string> Versions)> Groups() =>
        Types.GroupBy(static type => type.Group).Select(static group =>
            (group.Key, (IReadOnlyList<string>)[.. group.SelectMany(static type => type.Served).Select(static served => served.Version).Distinct()]));
}
