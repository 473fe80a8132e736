using System.Collections.Immutable;

namespace Mesh.Decoding;

/// <content>Field numbers: <c>Service</c>, <c>ServiceSpec</c>, <c>SessionAffinityConfig</c> (k8s.io/api, core/v1/generated.proto). What JSON leaves out is an empty string here.</content>
internal sealed partial class ServiceDecoder : IProtobufDecoder<ServiceObject>
{
    public ServiceObject Decode(ReadOnlySpan<byte> message)
    {
        var metadata = default(ObjectMetadata);
        var spec = new ServiceObject("", "", "");
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                var inner = new ProtobufReader(reader.Bytes);
                while (inner.Next()) metadata.TryRead(ref inner, pool);
            }
            else if (reader.Field == 2)
            {
                spec = Spec(reader.Bytes);
            }
        }

        metadata.RequireFields();
        return spec with { Namespace = metadata.Namespace ?? "", Name = metadata.Name!, ResourceVersion = metadata.ResourceVersion! };
    }

    private ServiceObject Spec(ReadOnlySpan<byte> message)
    {
        var ports = ImmutableArray.CreateBuilder<ServicePort>();
        var kind = ServiceKind.Endpoints;
        string? externalName = null;
        bool headless = false, selector = false, affine = false;
        TimeSpan? affinity = null;
        SliceAddressType? family = null;
        var hasFamily = false;
        TrafficDistribution? distribution = null;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    AddPort(ports, PortObject.DecodeServicePort(reader.Bytes, pool));
                    break;
                case 2:
                    selector = true;
                    break;
                case 3:
                    headless = reader.Bytes.SequenceEqual("None"u8);
                    break;
                case 4:
                    kind = reader.Bytes.SequenceEqual("ExternalName"u8) ? ServiceKind.ExternalName : kind;
                    break;
                case 7:
                    affine = reader.Bytes.SequenceEqual("ClientIP"u8);
                    break;
                case 10:
                    externalName = reader.Bytes.IsEmpty ? null : reader.String;
                    break;
                case 14:
                    affinity = AffinityTimeout(reader.Bytes);
                    break;
                case 19 when !hasFamily:
                    hasFamily = true;
                    family = FamilyOf(reader.Bytes);
                    break;
                case 23:
                    distribution = DistributionOf(reader.Bytes);
                    break;
            }
        }

        return new ServiceObject("", "", "")
        {
            Kind = kind,
            IsHeadless = headless,
            HasSelector = selector,
            ExternalName = externalName,
            Ports = ports.ToImmutable(),
            ClientIpAffinity = affine ? affinity ?? DefaultAffinity : null,
            Family = family,
            TrafficDistribution = distribution,
        };
    }

    private static TimeSpan? AffinityTimeout(ReadOnlySpan<byte> message)
    {
        int? seconds = null;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field != 1) continue;
            var clientIp = new ProtobufReader(reader.Bytes);
            while (clientIp.Next())
            {
                if (clientIp.Field == 1) seconds = clientIp.Int32;
            }
        }

        return seconds is > 0 ? TimeSpan.FromSeconds(seconds.Value) : null;
    }
}
