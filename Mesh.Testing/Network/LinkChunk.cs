namespace Mesh.Network;

/// <summary>What travels along a flow, in order: bytes, the end of the sender's stream, or the sender's reset.</summary>
internal readonly record struct LinkChunk(LinkChunkKind Kind, byte[]? Buffer, int Length, long TakenAt);
