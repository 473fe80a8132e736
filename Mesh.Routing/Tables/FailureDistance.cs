namespace Mesh.Tables;

/// <summary>How far from what has failed the next choice must be; each includes those before it.</summary>
internal enum FailureDistance
{
    /// <summary>An endpoint that was not tried.</summary>
    Untried,

    /// <summary>Another node.</summary>
    Node,

    /// <summary>Another zone.</summary>
    Zone,

    /// <summary>Another cluster.</summary>
    Cluster,
}
