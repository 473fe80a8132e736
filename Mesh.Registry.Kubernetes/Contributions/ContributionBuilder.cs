using System.Collections.Immutable;
using Mesh.Decoding;

namespace Mesh.Contributions;

/// <summary>Makes a service's contribution of its Service object and its slices.</summary>
internal static class ContributionBuilder
{
    public static ServiceContribution Build(ServiceName name, ServiceObject service, IEnumerable<SliceEntry> slices)
    {
        var segments = ImmutableArray.CreateBuilder<EndpointSegment>();
        var version = service.ResourceVersion;
        if (service.Kind != ServiceKind.ExternalName)
        {
            foreach (var slice in slices)
            {
                version = Newer(version, slice.ResourceVersion);
                if (slice.Segment.Count > 0) segments.Add(slice.Segment);
            }

            FirstFamilyFirst(segments, service.Family ?? SliceAddressType.IPv4);
        }

        return new ServiceContribution(name)
        {
            Ports = service.Ports,
            Segments = segments.ToImmutable(),
            ResourceVersion = version,
            Invalid = Invalid(name, service),
            Policy = ServicePolicies.Of(service),
        };
    }

    /// <summary>Whether callers would see no difference.</summary>
    public static bool AreSame(ServiceContribution left, ServiceContribution right) =>
        left.Invalid == right.Invalid
        && left.IsExported == right.IsExported
        && left.ExportedAt == right.ExportedAt
        && left.ExportObstacle == right.ExportObstacle
        && left.Policy == right.Policy
        && left.Ports.AsSpan().SequenceEqual(right.Ports.AsSpan())
        && left.Segments.AsSpan().SequenceEqual(right.Segments.AsSpan());

    // A pod with addresses of both families stands in a slice of each; the catalog takes the one that comes first. The order of the others stays.
    private static void FirstFamilyFirst(ImmutableArray<EndpointSegment>.Builder segments, SliceAddressType family)
    {
        var kind = family == SliceAddressType.IPv6 ? EndpointAddressKind.IPv6 : EndpointAddressKind.IPv4;
        var first = 0;
        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            if (segment[0].Address.Kind != kind) continue;
            segments.RemoveAt(i);
            segments.Insert(first++, segment);
        }
    }

    private static string? Invalid(ServiceName name, ServiceObject service)
    {
        if (service.Kind == ServiceKind.ExternalName)
        {
            var host = DnsLabel.Printable(service.ExternalName ?? "another host");
            return $"{name} is an ExternalName Service for {host}, which has no endpoints to route to. Call {host} itself, or add it by a file source.";
        }

        return service.Ports.IsEmpty ? $"{name} has no ports. Give the Service a port." : null;
    }

    // Versions of one cluster are numbers, larger = newer (promised since 1.35; before that only shown in explain). Length first, so no parsing.
    private static string Newer(string left, string right) =>
        right.Length > left.Length || (right.Length == left.Length && string.CompareOrdinal(right, left) > 0) ? right : left;
}
