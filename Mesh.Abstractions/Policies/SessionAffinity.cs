namespace Mesh;

/// <summary>Whether requests of one client stay with one endpoint.</summary>
public enum SessionAffinity
{
    /// <summary>They do not.</summary>
    None,

    /// <summary>A client is told by its IP address (a Service's <c>sessionAffinity: ClientIP</c>).</summary>
    ClientIP,
}
