namespace Mesh.Network;

/// <summary>What becomes of the bytes of one direction of one connection.</summary>
internal enum LinkFlowMode
{
    /// <summary>They arrive, as the link's state allows.</summary>
    Deliver,

    /// <summary>They are lost, and the sender is not told.</summary>
    Vanish,

    /// <summary>They are lost, and the sender is reset.</summary>
    AnswerWithReset,
}
