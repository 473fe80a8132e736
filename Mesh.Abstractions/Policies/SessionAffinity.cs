namespace Mesh;

/// <summary>Whether requests of one client stay with one endpoint.</summary>
public enum SessionAffinity
{
    /// <summary>They do not.</summary>
    None,

    /// <summary>A client is told by its IP address (a Service's <c>sessionAffinity: ClientIP</c>).</summary>
    ClientIP,

    /// <summary>A client is told by a request header (<see cref="ServicePolicy.SessionAffinityName"/>).</summary>
    Header,

    /// <summary>A client is told by a cookie (<see cref="ServicePolicy.SessionAffinityName"/>), which the first answer sets.</summary>
    Cookie,
}
