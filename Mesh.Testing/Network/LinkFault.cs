namespace Mesh;

/// <summary>What stands in the way of one direction of a link.</summary>
public enum LinkFault
{
    /// <summary>Nothing: bytes arrive.</summary>
    None,

    /// <summary>
    /// Nothing passes, and the ends learn it at once, as from a router that answers: open connections are reset, new ones
    /// are refused (direction of the opening), or are reset with the first byte of the answer (direction of the answers).
    /// </summary>
    Cut,

    /// <summary>
    /// Nothing passes and nobody learns it, as behind a dead switch: bytes are taken and held, an opening hangs.
    /// What was held arrives when the direction is restored, as TCP's retransmission does it.
    /// </summary>
    BlackHole,
}
