namespace Mesh;

/// <summary>Where in a request a <see cref="HashKey"/> is.</summary>
public enum HashKeyKind
{
    /// <summary>A header of the request.</summary>
    Header,

    /// <summary>A cookie of the request.</summary>
    Cookie,

    /// <summary>The address that the request comes from: of a proxy its client's, of an application its own.</summary>
    SourceAddress,

    /// <summary>The path of the URL, without its query.</summary>
    Path,
}
