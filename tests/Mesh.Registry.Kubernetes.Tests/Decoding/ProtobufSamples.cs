namespace Mesh.Decoding;

/// <summary>The objects of <see cref="DecodingSamples"/> as an API server writes them in protobuf.</summary>
internal static class ProtobufSamples
{
    public static byte[] Service { get; } = ProtobufWriter.Message(static w => w
        .Add(1, static m => Metadata(m, "orders", "sales", "17").Pair(11, "a", "{\"b\\").Add(17, static f => f.Add(1, "curl")))
        .Add(2, static s => s
            .Add(1, static p => p.Add(1, "http").Add(2, "TCP").Add(3, 80).Add(4, static t => t.Add(1, 1).Add(3, "web")).Add(5, 0).Add(6, "kubernetes.io/h2c"))
            .Add(1, static p => p.Add(1, "dns").Add(2, "UDP").Add(3, 53).Add(4, static t => t.Add(1, 0).Add(2, 53)).Add(5, 0))
            .Pair(2, "app", "orders").Add(3, "None").Add(4, "ClusterIP").Add(7, "ClientIP").Add(8, "").Add(10, "").Add(11, "").Add(13, false)
            .Add(14, static a => a.Add(1, static c => c.Add(1, 60))).Add(18, "None").Add(19, "IPv6").Add(19, "IPv4").Add(23, "PreferSameNode"))
        .Add(3, static s => s.Add(1, "")));

    public static byte[] Slice { get; } = ProtobufWriter.Message(static w => w
        .Add(1, static m => Metadata(m, "orders-x7", "sales", "18").Pair(11, "kubernetes.io/service-name", "orders"))
        .Add(2, static e => e.Add(1, "10.1.0.1").Add(2, static c => c.Add(1, true).Add(2, true).Add(3, false))
            .Add(4, static t => t.Add(1, "Pod").Add(3, "p").Add(4, "7c9e6679-7425-40de-944b-e07fc1f90ae7")).Add(6, "n1").Add(7, "eu-1")
            .Add(8, static h => h.Add(1, static z => z.Add(1, "eu-1")).Add(1, static z => z.Add(1, "eu-2")).Add(2, static n => n.Add(1, "n1"))))
        .Add(2, static e => e.Add(1, "10.1.0.2").Add(2, static _ => { }))
        .Add(2, static e => e.Add(1, "10.1.0.3").Add(2, static c => c.Add(1, false).Add(2, true).Add(3, true)))
        .Add(2, static e => e.Add(1, "10.1.0.4"))
        .Add(3, static p => p.Add(1, "http").Add(2, "TCP").Add(3, 8080))
        .Add(3, static p => p.Add(1, "any").Add(2, "TCP"))
        .Add(4, "IPv4"));

    public static byte[] Node { get; } = NodeOf("n1", "19");

    public static byte[] NodeOf(string name, string version, string note = "ä\\\"") => ProtobufWriter.Message(w => w
        .Add(1, m => Metadata(m, name, "", version).Pair(11, "topology.kubernetes.io/region", "eu").Pair(11, "topology.kubernetes.io/zone", "eu-1").Pair(11, "x", note))
        .Add(2, static s => s.Add(1, ""))
        .Add(3, static s => s.Add(8, static i => i.Add(1, "a{"))));

    public static byte[] Bookmark(string version, bool endsInitialEvents = false) => ProtobufWriter.Message(w => w.Add(1, m =>
    {
        Metadata(m, "", "", version);
        if (endsInitialEvents) m.Pair(12, "k8s.io/initial-events-end", "true");
    }));

    public static byte[] Status(int code, string reason, string cause = "") => ProtobufWriter.Message(w => w
        .Add(1, static _ => { }).Add(2, "Failure").Add(3, "told so").Add(4, reason).Add(5, d => d.Add(4, c => c.Add(1, cause).Add(2, "").Add(3, "")).Add(5, 7)).Add(6, code));

    private static ProtobufWriter Metadata(ProtobufWriter writer, string name, string @namespace, string version) =>
        writer.Add(1, name).Add(2, "").Add(3, @namespace).Add(4, "").Add(5, "5e1e").Add(6, version).Add(7, 1L).Add(8, static t => t.Add(1, 1_764_000_000L).Add(2, 0));
}
