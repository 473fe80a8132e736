namespace Mesh;

/// <summary>Where the validity of a test certificate lies, seen from the moment it is issued.</summary>
public enum TestCertificateValidity
{
    /// <summary>From five minutes ago, for one year.</summary>
    Current,

    /// <summary>Ended a minute ago.</summary>
    Expired,

    /// <summary>Begins tomorrow.</summary>
    NotYet,
}
