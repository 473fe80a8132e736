namespace Mesh.Decoding;

/// <summary>Cuts the body of a list into its items.</summary>
internal interface IListReader : IBodyReader
{
    /// <summary>What the list says beside its items, once the body has ended.</summary>
    /// <exception cref="System.Text.Json.JsonException">The body is not a whole list in JSON.</exception>
    /// <exception cref="ProtobufException">The body is not a whole list in protobuf.</exception>
    ListMetadata Metadata();
}
