namespace Mesh;

/// <summary>Whether a catalog knows a service.</summary>
public enum ServiceLookupStatus
{
    /// <summary>Not known yet: a source has not delivered its first state, or an on-demand source is being asked.</summary>
    Pending,

    /// <summary>Known.</summary>
    Known,

    /// <summary>Every source has spoken and none has it.</summary>
    Absent,
}
