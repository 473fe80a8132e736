using System.Collections.Immutable;

namespace Mesh.Decoding;

/// <content>Field numbers: <c>EndpointSlice</c> (k8s.io/api, discovery/v1/generated.proto).</content>
internal sealed partial class SliceDecoder : IProtobufDecoder<SliceObject>
{
    public SliceObject Decode(ReadOnlySpan<byte> message)
    {
        var metadata = default(ObjectMetadata);
        string? service = null;
        var imported = false;
        var addressType = SliceAddressType.Unknown;
        var ports = ImmutableArray.CreateBuilder<EndpointPort>();
        var endpoints = new List<SliceEndpoint>(_expected);
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    Metadata(reader.Bytes, ref metadata, ref service, ref imported);
                    break;
                case 2:
                    endpoints.Add(_endpoint.Decode(reader.Bytes));
                    break;
                case 3:
                    AddPort(ports, PortObject.DecodeEndpointPort(reader.Bytes, pool));
                    break;
                case 4:
                    addressType = AddressType(reader.Bytes);
                    break;
            }
        }

        metadata.RequireFields();
        _expected = Math.Min(endpoints.Count, MaxExpected);
        return new SliceObject(metadata.Namespace ?? "", metadata.Name!, metadata.ResourceVersion!)
        {
            ServiceName = service,
            IsImported = imported,
            AddressType = addressType,
            Ports = ports.ToImmutable(),
            Endpoints = endpoints,
        };
    }

    private void Metadata(ReadOnlySpan<byte> message, ref ObjectMetadata metadata, ref string? service, ref bool imported)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (metadata.TryRead(ref reader, pool) || reader.Field != 11) continue;
            var key = ProtobufMap.Read(reader.Bytes, out var value);
            if (key.SequenceEqual("kubernetes.io/service-name"u8)) service = ProtobufReader.Pooled(value, pool);
            else imported |= key.SequenceEqual("multicluster.kubernetes.io/source-cluster"u8) || key.SequenceEqual("multicluster.kubernetes.io/service-name"u8);
        }
    }

    private static SliceAddressType AddressType(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("IPv4"u8) ? SliceAddressType.IPv4
        : type.SequenceEqual("IPv6"u8) ? SliceAddressType.IPv6
        : type.SequenceEqual("FQDN"u8) ? SliceAddressType.Fqdn
        : SliceAddressType.Unknown;
}
