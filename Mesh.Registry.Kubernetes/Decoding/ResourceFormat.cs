namespace Mesh.Decoding;

/// <summary>How the objects of one type are written on the wire. What is malformed is reported by the format's own exception and no other.</summary>
internal abstract class ResourceFormat<T>
{
    /// <summary>Whether the exception says that an object or a body is malformed.</summary>
    public abstract bool IsMalformed(Exception exception);

    public abstract IListReader OpenList(Stream body, int maxObjectBytes);

    public abstract IWatchReader OpenWatch(Stream body, int maxObjectBytes);

    /// <summary>Decodes an item of a list.</summary>
    public abstract T Decode(ReadOnlySpan<byte> item);

    /// <summary>Decodes an event of a watch.</summary>
    public abstract WatchEvent<T> DecodeEvent(ReadOnlySpan<byte> value);

    /// <summary>Which object it is, of an item that may be malformed. Never throws.</summary>
    public abstract ObjectIdentity IdentityOfItem(ReadOnlySpan<byte> item);

    /// <summary>Which object it is, of an event that may be malformed. Never throws.</summary>
    public abstract ObjectIdentity IdentityOfEvent(ReadOnlySpan<byte> value);
}
