namespace Mesh;

/// <summary>What a dial of an address meets where nobody listens.</summary>
public enum SilentAddress
{
    /// <summary>The connection is refused at once: the machine is there, the process is not.</summary>
    Refuses,

    /// <summary>Nobody answers, and the dial hangs until its caller gives up: the machine is gone too.</summary>
    Hangs,
}
