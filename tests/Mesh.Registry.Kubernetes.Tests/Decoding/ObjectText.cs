namespace Mesh.Decoding;

/// <summary>Everything that was decoded of an object, as text, to compare.</summary>
internal static class ObjectText
{
    public static string Of(object item) => item switch
    {
        ServiceObject s => string.Join('|', s.Namespace, s.Name, s.ResourceVersion, s.Kind, s.IsHeadless, s.HasSelector, s.ExternalName ?? "(none)", string.Join(',', s.Ports), s.ClientIpAffinity, s.Family, s.TrafficDistribution),
        SliceObject s => string.Join(
            '|', s.Namespace, s.Name, s.ResourceVersion, s.ServiceName ?? "(none)", s.IsImported, s.AddressType, string.Join(',', s.Ports), string.Join(';', s.Endpoints.Select(Endpoint))),
        NodeObject n => n.ToString(),
        _ => throw new ArgumentException($"{item.GetType()}"),
    };

    private static string Endpoint(SliceEndpoint e) => string.Join(
        ' ', e.Address, e.Malformed ?? "-", e.Conditions, e.Zone ?? "-", e.Node ?? "-", e.TargetUid, string.Join(',', e.ZoneHints), string.Join(',', e.NodeHints));
}
