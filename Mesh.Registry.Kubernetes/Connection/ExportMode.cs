namespace Mesh;

/// <summary>Which services of a cluster are taken into the catalog.</summary>
public enum ExportMode
{
    /// <summary>Every service the connector sees.</summary>
    All,

    /// <summary>Only those exported by a <c>ServiceExport</c> (Multi-Cluster Services API). Not supported yet: refused when the host starts.</summary>
    Exported,
}
