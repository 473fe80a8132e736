namespace Mesh;

/// <summary>How well a cluster's state is known. It says nothing about the health of its pods.</summary>
public enum ClusterFreshness
{
    /// <summary>Not yet known: its first state has not arrived.</summary>
    Connecting,

    /// <summary>Its changes arrive.</summary>
    Live,

    /// <summary>Its changes no longer arrive; the last known state is used, for any length of time.</summary>
    Stale,
}
