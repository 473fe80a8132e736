namespace Mesh.Backends;

/// <summary>Bytes that can be read once.</summary>
internal sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
{
    public override bool CanSeek => false;
}
