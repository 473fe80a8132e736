using System.Globalization;
using System.Text;
using Mesh.Contributions;

namespace Mesh.Decoding;

/// <summary>That decoding builds no graph of objects: what is allocated stays near what is kept.</summary>
public sealed class AllocationTests
{
    private const int Slices = 100;
    private const int PerSlice = 100;

    // What is decoded, what is packed of it and the table that finds addresses twice, each made once and in its size.
    private const long PerEndpoint = 500;

    private readonly StringPool _pool = new();

    [Fact]
    public void Events_OfTenThousandEndpoints_AllocateLittleMoreThanIsKept()
    {
        var events = Enumerable.Range(0, Slices).Select(Event).ToArray();
        var factory = new SegmentFactory(new ClusterId("alpha"), null, new NodeRegions(null));
        var decoder = new SliceDecoder(_pool);
        foreach (var warm in events) factory.Create(WatchEventDecoder.Decode(warm, decoder).Item!);

        var kept = new List<SliceEntry>(Slices);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var one in events) kept.Add(factory.Create(WatchEventDecoder.Decode(one, decoder).Item!)!);
        var perEndpoint = (GC.GetAllocatedBytesForCurrentThread() - before) / (Slices * PerSlice);
        TestContext.Current.TestOutputHelper!.WriteLine($"{events.Sum(static e => (long)e.Length) / (Slices * PerSlice)} B of JSON an endpoint: {perEndpoint} B allocated");
        kept.Sum(static e => e.Segment.Count).ShouldBe(Slices * PerSlice);
        perEndpoint.ShouldBeLessThan(PerEndpoint);
    }

    [Fact]
    public void ProtobufEvents_OfTenThousandEndpoints_AllocateLittleMoreThanIsKept()
    {
        var events = Enumerable.Range(0, Slices).Select(ProtobufEvent).ToArray();
        var factory = new SegmentFactory(new ClusterId("alpha"), null, new NodeRegions(null));
        var decoder = new SliceDecoder(_pool);
        foreach (var warm in events) factory.Create(ProtobufEventDecoder.Decode(warm, decoder).Item!);

        var kept = new List<SliceEntry>(Slices);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var one in events) kept.Add(factory.Create(ProtobufEventDecoder.Decode(one, decoder).Item!)!);
        var perEndpoint = (GC.GetAllocatedBytesForCurrentThread() - before) / (Slices * PerSlice);
        TestContext.Current.TestOutputHelper!.WriteLine($"{events.Sum(static e => (long)e.Length) / (Slices * PerSlice)} B of protobuf an endpoint: {perEndpoint} B allocated");
        kept.Sum(static e => e.Segment.Count).ShouldBe(Slices * PerSlice);
        perEndpoint.ShouldBeLessThan(PerEndpoint);
    }

    private static byte[] ProtobufEvent(int slice) => ProtobufWriter.Frame("ADDED", ProtobufWriter.Message(w =>
    {
        w.Add(1, m => m.Add(1, $"orders-{slice}").Add(3, "sales").Add(6, $"{slice + 1}").Pair(11, "kubernetes.io/service-name", "orders"));
        for (var i = 0; i < PerSlice; i++)
        {
            var n = i;
            w.Add(2, e => e.Add(1, $"10.{slice}.0.{n}").Add(2, static c => c.Add(1, true).Add(2, true).Add(3, false))
                .Add(4, t => t.Add(1, "Pod").Add(2, "sales").Add(3, $"orders-{slice}-{n}").Add(4, $"7c9e6679-7425-40de-944b-{slice:000000}{n:000000}")).Add(6, $"node-{n % 50}").Add(7, $"eu-{n % 3}"));
        }

        w.Add(3, static p => p.Add(1, "http").Add(2, "TCP").Add(3, 8080)).Add(4, "IPv4");
    }))[sizeof(uint)..];

    private static byte[] Event(int slice)
    {
        var endpoints = Enumerable.Range(0, PerSlice).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"addresses":["10.{{slice}}.0.{{i}}"],"conditions":{"ready":true,"serving":true,"terminating":false},"targetRef":{"kind":"Pod","namespace":"sales","name":"orders-{{slice}}-{{i}}","uid":"7c9e6679-7425-40de-944b-{{slice:000000}}{{i:000000}}"},"nodeName":"node-{{i % 50}}","zone":"eu-{{i % 3}}"}"""));
        return Encoding.UTF8.GetBytes(
            $$$"""{"type":"ADDED","object":{"metadata":{"name":"orders-{{{slice}}}","namespace":"sales","resourceVersion":"{{{slice + 1}}}","labels":{"kubernetes.io/service-name":"orders"}},"addressType":"IPv4","endpoints":[{{{string.Join(',', endpoints)}}}],"ports":[{"name":"http","port":8080,"protocol":"TCP"}]}}""");
    }
}
