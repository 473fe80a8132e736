namespace Mesh.Decoding;

/// <content>Field numbers: <c>Node</c> and <c>PartialObjectMetadata</c> have their <c>ObjectMeta</c> (k8s.io/apimachinery, meta/v1) in field 1.</content>
internal sealed partial class NodeDecoder : IProtobufDecoder<NodeObject>
{
    public NodeObject Decode(ReadOnlySpan<byte> message)
    {
        var metadata = default(ObjectMetadata);
        string? region = null;
        string? zone = null;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field != 1) continue;
            var inner = new ProtobufReader(reader.Bytes);
            while (inner.Next())
            {
                if (metadata.TryRead(ref inner, pool) || inner.Field != 11) continue;
                var key = ProtobufMap.Read(inner.Bytes, out var value);
                if (key.SequenceEqual("topology.kubernetes.io/region"u8)) region = Label(value);
                else if (key.SequenceEqual("topology.kubernetes.io/zone"u8)) zone = Label(value);
            }
        }

        metadata.RequireFields();
        return new NodeObject(metadata.Name!, metadata.ResourceVersion!, region, zone);
    }

    private string? Label(ReadOnlySpan<byte> value) => value.IsEmpty ? null : ProtobufReader.Pooled(value, pool);
}
