namespace Mesh.Network;

/// <summary>What a <see cref="LinkChunk"/> carries.</summary>
internal enum LinkChunkKind
{
    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>The sender will send nothing more (FIN).</summary>
    End,

    /// <summary>The sender's connection broke (RST).</summary>
    Reset,
}
