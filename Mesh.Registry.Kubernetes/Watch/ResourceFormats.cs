using System.Text.Json;
using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>The formats in which a type can be read.</summary>
internal sealed class ResourceFormats<T>(IResourceDecoder<T> decoder)
    where T : IWatchedObject
{
    private readonly JsonFormat<T> _json = new(decoder);
    private readonly ProtobufFormat<T>? _protobuf = decoder is IProtobufDecoder<T> protobuf ? new(protobuf) : null;

    public bool HasProtobuf => _protobuf is not null;

    /// <summary>The format of an answer.</summary>
    /// <exception cref="JsonException">It came in one that nobody asked for.</exception>
    public ResourceFormat<T> Of(bool isProtobuf) => !isProtobuf ? _json : _protobuf ?? throw new JsonException("The answer is protobuf, which was not asked for.");
}
