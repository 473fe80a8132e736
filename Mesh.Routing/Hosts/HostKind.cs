namespace Mesh;

/// <summary>What a host of a URL is to the mesh.</summary>
public enum HostKind
{
    /// <summary>Not of the mesh: passed on untouched.</summary>
    Foreign,

    /// <summary>A service of the mesh: never passed to the internet, even while it is not known.</summary>
    Service,

    /// <summary>
    /// Two labels in a namespace that is not known, while nothing is configured and the catalog is not complete yet: it may be a service or a public
    /// domain. Passed on; worth one warning.
    /// </summary>
    Undecided,
}
