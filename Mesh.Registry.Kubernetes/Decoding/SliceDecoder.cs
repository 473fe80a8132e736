using System.Collections.Immutable;
using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>Reads EndpointSlices (discovery.k8s.io/v1).</summary>
internal sealed partial class SliceDecoder(StringPool pool) : IResourceDecoder<SliceObject>
{
    // The most that a slice of the API may have.
    private const int MaxExpected = 1_000;

    private readonly SliceEndpointDecoder _endpoint = new(pool);

    // Slices of one cluster are of much the same length; lists that grow are allocated twice over.
    private int _expected;

    public SliceObject Decode(ref Utf8JsonReader reader)
    {
        var metadata = default(ObjectMetadata);
        string? service = null;
        var imported = false;
        var addressType = SliceAddressType.Unknown;
        ImmutableArray<EndpointPort> ports = [];
        List<SliceEndpoint> endpoints = [];
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8)) Metadata(ref reader, ref metadata, ref service, ref imported);
            else if (reader.ValueTextEquals("addressType"u8)) addressType = AddressType(ref reader);
            else if (reader.ValueTextEquals("ports"u8)) ports = Ports(ref reader);
            else if (reader.ValueTextEquals("endpoints"u8)) endpoints = Endpoints(ref reader);
            else JsonTokens.SkipValue(ref reader);
        }

        metadata.Require();
        return new SliceObject(metadata.Namespace ?? "", metadata.Name!, metadata.ResourceVersion!)
        {
            ServiceName = service,
            IsImported = imported,
            AddressType = addressType,
            Ports = ports,
            Endpoints = endpoints,
        };
    }

    private void Metadata(ref Utf8JsonReader reader, ref ObjectMetadata metadata, ref string? service, ref bool imported)
    {
        if (!JsonTokens.EnterObject(ref reader)) return;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (metadata.TryRead(ref reader, pool)) continue;
            if (reader.ValueTextEquals("labels"u8)) Labels(ref reader, ref service, ref imported);
            else JsonTokens.SkipValue(ref reader);
        }
    }

    private void Labels(ref Utf8JsonReader reader, ref string? service, ref bool imported)
    {
        if (!JsonTokens.EnterObject(ref reader)) return;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("kubernetes.io/service-name"u8))
            {
                service = JsonTokens.String(ref reader, pool);
            }
            else
            {
                imported |= reader.ValueTextEquals("multicluster.kubernetes.io/source-cluster"u8) || reader.ValueTextEquals("multicluster.kubernetes.io/service-name"u8);
                JsonTokens.SkipValue(ref reader);
            }
        }
    }

    private static SliceAddressType AddressType(ref Utf8JsonReader reader) =>
        !JsonTokens.EnterString(ref reader) ? SliceAddressType.Unknown
        : reader.ValueTextEquals("IPv4"u8) ? SliceAddressType.IPv4
        : reader.ValueTextEquals("IPv6"u8) ? SliceAddressType.IPv6
        : reader.ValueTextEquals("FQDN"u8) ? SliceAddressType.Fqdn
        : SliceAddressType.Unknown;

    private ImmutableArray<EndpointPort> Ports(ref Utf8JsonReader reader)
    {
        if (!JsonTokens.EnterArray(ref reader)) return [];
        var ports = ImmutableArray.CreateBuilder<EndpointPort>();
        while (JsonTokens.NextObject(ref reader)) AddPort(ports, PortObject.Decode(ref reader, pool));
        return ports.ToImmutable();
    }

    // A port without a number stands for any; there is nothing to dial.
    private static void AddPort(ImmutableArray<EndpointPort>.Builder ports, PortObject port)
    {
        if (port.Number is >= 1 and <= 65535 && port.Protocol is { } protocol) ports.Add(new EndpointPort(port.Name ?? "", port.Number.Value, protocol, port.AppProtocol));
    }

    private List<SliceEndpoint> Endpoints(ref Utf8JsonReader reader)
    {
        if (!JsonTokens.EnterArray(ref reader)) return [];
        var endpoints = new List<SliceEndpoint>(_expected);
        while (JsonTokens.NextObject(ref reader)) endpoints.Add(_endpoint.Decode(ref reader));
        _expected = Math.Min(endpoints.Count, MaxExpected);
        return endpoints;
    }
}
