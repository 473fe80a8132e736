using System.Text;
using CsCheck;
using Mesh.Watch;

namespace Mesh.Decoding;

/// <summary>Objects of all sizes in pieces of all sizes: what does not fit into the window yet is moved, and the window grows and shrinks.</summary>
public sealed class WindowTests
{
    private const int MaxObject = 8 * 1024 * 1024;

    private static readonly Gen<(int[] Sizes, int[] Cuts)> Shapes = Gen.Select(Gen.Int[0, 40_000].Array[1, 12], Gen.Int[1, 50_000].Array[1, 8]);

    [Fact]
    public void JsonWatch() => Sample(static zones => zones.Select(static (z, i) => Encoding.UTF8.GetBytes($$"""{"type":"ADDED","object":{{Json(z, i)}}}""" + "\n")), isList: false, isProtobuf: false);

    [Fact]
    public void JsonList() => Sample(
        static zones => [Encoding.UTF8.GetBytes($$"""{"metadata":{"resourceVersion":"9"},"items":[{{string.Join(',', zones.Select(Json))}}]}""")], isList: true, isProtobuf: false);

    [Fact]
    public void ProtobufWatch() => Sample(static zones => zones.Select(static (z, i) => ProtobufWriter.Frame("ADDED", Message(z, i))), isList: false, isProtobuf: true);

    [Fact]
    public void ProtobufList() => Sample(static zones => [ProtobufWriter.List("9", "", zones.Select(Message))], isList: true, isProtobuf: true);

    [Fact]
    public void ObjectsBeyondAMegabyte_AndSmallOnesAfterThem_AreRead()
    {
        string[] zones = [new('a', 3_000_000), "b", new('c', 2_000_000), "d"];
        foreach (var cut in (int[])[10_000, 1_000_000, 10_000_000])
        {
            Read(zones.Select(static (z, i) => ProtobufWriter.Frame("ADDED", Message(z, i))), [cut], isList: false, isProtobuf: true).ShouldBe(zones);
            Read(zones.Select(static (z, i) => Encoding.UTF8.GetBytes($$"""{"type":"ADDED","object":{{Json(z, i)}}}""")), [cut], isList: false, isProtobuf: false).ShouldBe(zones);
        }
    }

    // No two neighbours are filled with the same letter: what stood in the window before must not pass for what belongs there.
    private static void Sample(Func<string[], IEnumerable<byte[]>> write, bool isList, bool isProtobuf) => Shapes.Sample(
        shape =>
        {
            var zones = shape.Sizes.Select(static (size, i) => new string((char)('a' + (i % 26)), size + 1)).ToArray();
            Read(write(zones), shape.Cuts, isList, isProtobuf).ShouldBe(zones);
        },
        iter: 100);

    private static string Json(string zone, int index) =>
        $$$"""{"metadata":{"name":"n{{{index}}}","resourceVersion":"{{{index + 1}}}","labels":{"topology.kubernetes.io/zone":"{{{zone}}}"} } }""";

    private static byte[] Message(string zone, int index) =>
        ProtobufWriter.Message(w => w.Add(1, m => m.Add(1, $"n{index}").Add(6, $"{index + 1}").Pair(11, "topology.kubernetes.io/zone", zone)));

    private static List<string?> Read(IEnumerable<byte[]> parts, int[] cuts, bool isList, bool isProtobuf)
    {
        var format = new ResourceFormats<NodeObject>(new NodeDecoder(new StringPool())).Of(isProtobuf);
        using var stream = ScriptedStream.Of(Chunks([.. parts.SelectMany(static p => p)], cuts));
        using var list = isList ? format.OpenList(stream, MaxObject) : null;
        using var watch = isList ? null : format.OpenWatch(stream, MaxObject);
        IBodyReader reader = list is null ? watch! : list;
        var zones = new List<string?>();
        do
        {
            while (reader.TryRead(out var value) is var read and not ObjectRead.Incomplete)
            {
                read.ShouldBe(ObjectRead.Value);
                zones.Add(isList ? format.Decode(value).Zone : format.DecodeEvent(value).Item!.Zone);
            }
        }
        while (reader.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult());
        list?.Metadata().ResourceVersion.ShouldBe("9");
        return zones;
    }

    private static IEnumerable<byte[]> Chunks(byte[] bytes, int[] cuts)
    {
        var at = 0;
        for (var i = 0; at < bytes.Length; i++)
        {
            var length = Math.Min(cuts[i % cuts.Length], bytes.Length - at);
            yield return bytes[at..(at + length)];
            at += length;
        }
    }
}
