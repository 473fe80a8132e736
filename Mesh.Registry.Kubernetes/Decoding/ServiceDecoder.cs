using System.Collections.Immutable;
using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>Reads Services (core/v1).</summary>
internal sealed partial class ServiceDecoder(StringPool pool) : IResourceDecoder<ServiceObject>
{
    // The API server's default where sessionAffinityConfig says nothing.
    private static readonly TimeSpan DefaultAffinity = TimeSpan.FromHours(3);

    public ServiceObject Decode(ref Utf8JsonReader reader)
    {
        var metadata = default(ObjectMetadata);
        var spec = new ServiceObject("", "", "");
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8) && JsonTokens.EnterObject(ref reader))
            {
                while (JsonTokens.NextProperty(ref reader))
                {
                    if (!metadata.TryRead(ref reader, pool)) JsonTokens.SkipValue(ref reader);
                }
            }
            else if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("spec"u8) && JsonTokens.EnterObject(ref reader))
            {
                spec = Spec(ref reader);
            }
            else
            {
                JsonTokens.SkipValue(ref reader);
            }
        }

        metadata.Require();
        return spec with { Namespace = metadata.Namespace ?? "", Name = metadata.Name!, ResourceVersion = metadata.ResourceVersion! };
    }

    private ServiceObject Spec(ref Utf8JsonReader reader)
    {
        ImmutableArray<ServicePort> ports = [];
        var kind = ServiceKind.Endpoints;
        string? externalName = null;
        bool headless = false, selector = false, affine = false;
        TimeSpan? affinity = null;
        SliceAddressType? family = null;
        TrafficDistribution? distribution = null;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("ports"u8)) ports = Ports(ref reader);
            else if (reader.ValueTextEquals("type"u8)) kind = JsonTokens.EnterString(ref reader) && reader.ValueTextEquals("ExternalName"u8) ? ServiceKind.ExternalName : kind;
            else if (reader.ValueTextEquals("clusterIP"u8)) headless = JsonTokens.EnterString(ref reader) && reader.ValueTextEquals("None"u8);
            else if (reader.ValueTextEquals("externalName"u8)) externalName = JsonTokens.String(ref reader);
            else if (reader.ValueTextEquals("selector"u8)) selector = HasMembers(ref reader);
            else if (reader.ValueTextEquals("sessionAffinity"u8)) affine = JsonTokens.EnterString(ref reader) && reader.ValueTextEquals("ClientIP"u8);
            else if (reader.ValueTextEquals("sessionAffinityConfig"u8)) affinity = AffinityTimeout(ref reader);
            else if (reader.ValueTextEquals("ipFamilies"u8)) family = FirstFamily(ref reader);
            else if (reader.ValueTextEquals("trafficDistribution"u8)) distribution = JsonTokens.EnterString(ref reader) ? DistributionOf(reader.ValueSpan) : null;
            else JsonTokens.SkipValue(ref reader);
        }

        return new ServiceObject("", "", "")
        {
            Kind = kind,
            IsHeadless = headless,
            HasSelector = selector,
            ExternalName = externalName,
            Ports = ports,
            ClientIpAffinity = affine ? affinity ?? DefaultAffinity : null,
            Family = family,
            TrafficDistribution = distribution,
        };
    }

    private static SliceAddressType? FirstFamily(ref Utf8JsonReader reader)
    {
        if (!JsonTokens.EnterArray(ref reader)) return null;
        SliceAddressType? family = null;
        for (var isFirst = true; JsonTokens.NextString(ref reader); isFirst = false)
        {
            if (isFirst) family = FamilyOf(reader.ValueSpan);
        }

        return family;
    }

    private static SliceAddressType? FamilyOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("IPv4"u8) ? SliceAddressType.IPv4 : name.SequenceEqual("IPv6"u8) ? SliceAddressType.IPv6 : null;

    // PreferClose is the name that PreferSameZone had first (KEP-3015).
    private static TrafficDistribution? DistributionOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("PreferSameZone"u8) || name.SequenceEqual("PreferClose"u8) ? TrafficDistribution.PreferSameZone
        : name.SequenceEqual("PreferSameNode"u8) ? TrafficDistribution.PreferSameNode
        : null;

    private ImmutableArray<ServicePort> Ports(ref Utf8JsonReader reader)
    {
        if (!JsonTokens.EnterArray(ref reader)) return [];
        var ports = ImmutableArray.CreateBuilder<ServicePort>();
        while (JsonTokens.NextObject(ref reader)) AddPort(ports, PortObject.Decode(ref reader, pool));
        return ports.ToImmutable();
    }

    private static void AddPort(ImmutableArray<ServicePort>.Builder ports, PortObject port)
    {
        if (port.Number is >= 1 and <= 65535 && port.Protocol is { } protocol) ports.Add(new ServicePort(port.Name ?? "", port.Number.Value, protocol, port.AppProtocol));
    }

    private static bool HasMembers(ref Utf8JsonReader reader)
    {
        if (!JsonTokens.EnterObject(ref reader)) return false;
        var any = false;
        while (JsonTokens.NextProperty(ref reader))
        {
            any = true;
            JsonTokens.SkipValue(ref reader);
        }

        return any;
    }

    private static TimeSpan? AffinityTimeout(ref Utf8JsonReader reader)
    {
        if (!JsonTokens.EnterObject(ref reader)) return null;
        int? seconds = null;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("clientIP"u8) || !JsonTokens.EnterObject(ref reader))
            {
                JsonTokens.SkipValue(ref reader);
                continue;
            }

            while (JsonTokens.NextProperty(ref reader))
            {
                if (reader.ValueTextEquals("timeoutSeconds"u8)) seconds = JsonTokens.Int32(ref reader);
                else JsonTokens.SkipValue(ref reader);
            }
        }

        return seconds is > 0 ? TimeSpan.FromSeconds(seconds.Value) : null;
    }
}
