namespace Mesh.Configuration;

/// <summary>What a setting is written as.</summary>
internal enum SettingKind
{
    Text,
    Whole,
    Number,
    Truth,
    Time,
    Mode,
    SpillOver,
    SessionAffinity,
    List,

    /// <summary>An object whose keys are the user's own.</summary>
    Map,

    /// <summary>An object of known keys.</summary>
    Object,

    /// <summary>Somebody else looks at it: the package that the clusters are added by.</summary>
    Open,
}
