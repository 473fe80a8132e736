using Mesh.Decoding;

namespace Mesh.Contributions;

/// <summary>Packs an EndpointSlice into a segment; what may not be contributed is left out and named.</summary>
internal sealed class SegmentFactory(ClusterId cluster, string? zone, NodeRegions regions)
{
    private const int Named = 3;

    public SliceEntry? Create(SliceObject slice)
    {
        // What another cluster's controller copied here is that cluster's to contribute: taking it would echo.
        if (slice.IsImported || slice.ServiceName is not { Length: > 0 } service) return null;
        var name = new ServiceName(slice.Namespace, service);
        var builder = new EndpointSegmentBuilder(cluster, slice.Name, slice.Ports, slice.Endpoints.Count);
        var problem = slice.AddressType switch
        {
            _ when slice.Endpoints.Count == 0 => null,
            SliceAddressType.Fqdn => "addressType FQDN is not routed to: a name would be resolved where the caller is. Write IPv4 or IPv6 addresses.",
            SliceAddressType.Unknown => "its addressType is not known. Write IPv4 or IPv6.",
            _ when slice.Ports.IsEmpty => "it has endpoints but no port with a number: give it the Service's ports.",
            _ => Fill(builder, slice),
        };
        return new SliceEntry(name, builder.Build(), slice.ResourceVersion, problem);
    }

    private string? Fill(EndpointSegmentBuilder builder, SliceObject slice)
    {
        List<string>? refused = null;
        var refusals = 0;
        for (var i = 0; i < slice.Endpoints.Count; i++)
        {
            var endpoint = slice.Endpoints[i];
            if (Refusal(slice.AddressType, endpoint) is { } reason)
            {
                if (++refusals <= Named) (refused ??= []).Add(reason);
                continue;
            }

            // An address that is there twice is one endpoint to the builder, the ready one.
            builder.Add(new EndpointDescription(endpoint.Address)
            {
                Conditions = endpoint.Conditions,
                Region = regions.Of(endpoint.Node),
                Zone = string.IsNullOrEmpty(endpoint.Zone) ? zone : endpoint.Zone,
                Node = endpoint.Node,
                TargetUid = endpoint.TargetUid,
                ZoneHints = endpoint.ZoneHints,
                NodeHints = endpoint.NodeHints,
            });
        }

        if (refused is null) return null;
        var more = refusals > Named ? $" and {refusals - Named} more" : "";
        return $"{refusals} of {slice.Endpoints.Count} endpoints left out: {string.Join("; ", refused)}{more}. A cluster may contribute only its pods' addresses.";
    }

    private static string? Refusal(SliceAddressType type, in SliceEndpoint endpoint)
    {
        if (endpoint.Malformed is { } text) return $"'{DnsLabel.Printable(text)}' is no {type} address";
        if (endpoint.Address.Kind == EndpointAddressKind.None) return "one without an address";
        var expected = type == SliceAddressType.IPv4 ? EndpointAddressKind.IPv4 : EndpointAddressKind.IPv6;
        return endpoint.Address.Kind != expected
            ? $"{endpoint.Address} is no {type} address"
            : ForbiddenAddress.Reason(endpoint.Address) is { } reason ? $"{endpoint.Address} is {reason}" : null;
    }
}
