using System.Text;
using System.Text.Json;
using CsCheck;
using Mesh.Watch;

namespace Mesh.Decoding;

public sealed class ChunkingTests
{
    private const int MaxObject = 64 * 1024;

    private static readonly string Events = string.Concat(Enumerable.Range(0, 20).Select(static i => (i % 3) switch
    {
        0 => $$"""{"type":"ADDED","object":{{DecodingSamples.Slice}}}""" + "\n",
        1 => $$"""  {"object":{{DecodingSamples.Slice}},"type":"DELETED"}""",
        _ => $$$"""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"{{{i}}}"} } }""" + "\r\n\n",
    }));

    private static readonly string List =
        $$$"""{"items":[{{{string.Join(",\n", Enumerable.Repeat(DecodingSamples.Slice, 12))}}}],"kind":"items","metadata":{"continue":"c","resourceVersion":"77"},"more":{"items":[{"not":"one"}]} }""";

    private static readonly Gen<int[]> Cuts = Gen.Int[1, 40].Array[1, 400];

    [Fact]
    public void WatchEvents_CutAnywhere_AreTheSame() => Cuts.Sample(cuts => EventsOf(Chunks(Events, cuts)).ShouldBe(EventsOf([Encoding.UTF8.GetBytes(Events)])), iter: 200);

    [Fact]
    public void WatchEvents_CutAtEachByte_AreTheSame() =>
        EventsOf(Encoding.UTF8.GetBytes(Events).Select(static b => new[] { b })).ShouldBe(EventsOf([Encoding.UTF8.GetBytes(Events)]));

    [Fact]
    public void WatchEvents_TruncatedAnywhere_GiveThoseBeforeAndNoException()
    {
        var whole = EventsOf([Encoding.UTF8.GetBytes(Events)]);
        var bytes = Encoding.UTF8.GetBytes(Events);
        Gen.Int[0, bytes.Length].Sample(
            length =>
            {
                var got = EventsOf([bytes[..length]]);
                got.ShouldBe(whole.Take(got.Count));
            },
            iter: 500);
    }

    [Fact]
    public void WatchEvents_BytesChangedAnywhere_AreMalformedAtWorst()
    {
        var bytes = Encoding.UTF8.GetBytes(Events);
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte, Gen.Int[1, 4]).Sample(
            (at, value, count) =>
            {
                var changed = (byte[])bytes.Clone();
                for (var i = at; i < Math.Min(at + count, changed.Length); i++) changed[i] = value;
                EventsOf([changed]);
            },
            iter: 2000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1 << 20)]
    public void WatchEvent_LosesItsEndAnywhere_TheNextOnesArriveOrTheStreamIsBroken(int chunk)
    {
        var cut = $$"""{"type":"MODIFIED","object":{{DecodingSamples.Slice.ReplaceLineEndings("")}}}""".Replace("orders-x7", "orders-\\n\\\"x7", StringComparison.Ordinal);
        var next = $$$"""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"21"} } }""" + "\n";
        for (var length = 0; length <= cut.Length; length++)
        {
            foreach (var following in (string[])[next, next + next])
            {
                var events = EventsOf(Chunks($"{cut[..length]}\n{following}", [chunk]), out var isBroken);
                (isBroken || (events.Count > 0 && events[^1] == "Bookmark 21  ")).ShouldBeTrue($"cut after {length} bytes: {cut[..length]}, got {string.Join(", ", events)}");
            }
        }
    }

    [Fact]
    public void ListItem_WithAControlCharacterInAString_IsLeftToTheDecoderAndTheOthersArrive()
    {
        var list = List.Replace("orders-x7", "orders\tx7", StringComparison.Ordinal);
        ListOf([Encoding.UTF8.GetBytes(list)]).Items.ShouldBe(12);
    }

    [Fact]
    public void ListItems_CutAnywhere_AreTheSame() => Cuts.Sample(cuts =>
    {
        var (items, metadata) = ListOf(Chunks(List, cuts));
        items.ShouldBe(12);
        metadata.ShouldBe(new ListMetadata("77", "c"));
    }, iter: 200);

    [Fact]
    public void List_TruncatedAnywhere_IsNoWholeList()
    {
        var bytes = Encoding.UTF8.GetBytes(List);
        Gen.Int[0, bytes.Length - 1].Sample(length => Should.Throw<JsonException>(() => ListOf([bytes[..length]])), iter: 500);
    }

    [Fact]
    public void List_BytesChangedAnywhere_IsMalformedAtWorst()
    {
        var bytes = Encoding.UTF8.GetBytes(List);
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte).Sample(
            (at, value) =>
            {
                var changed = (byte[])bytes.Clone();
                changed[at] = value;
                try
                {
                    ListOf([changed]);
                }
                catch (JsonException)
                {
                }
            },
            iter: 2000);
    }

    private static IEnumerable<byte[]> Chunks(string text, int[] cuts)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var at = 0;
        for (var i = 0; at < bytes.Length; i++)
        {
            var length = Math.Min(cuts[i % cuts.Length], bytes.Length - at);
            yield return bytes[at..(at + length)];
            at += length;
        }
    }

    private static List<string> EventsOf(IEnumerable<byte[]> chunks) => EventsOf(chunks, out _);

    private static List<string> EventsOf(IEnumerable<byte[]> chunks, out bool isBroken)
    {
        var decoder = new SliceDecoder(new StringPool());
        var events = new List<string>();
        using var stream = ScriptedStream.Of(chunks);
        using var reader = new WatchReader(stream, MaxObject);
        do
        {
            while (true)
            {
                var read = reader.TryRead(out var json);
                isBroken = read == ObjectRead.Broken;
                if (isBroken) return events;
                if (read == ObjectRead.Incomplete) break;
                if (read == ObjectRead.Value) events.Add(Show(json, decoder));
            }
        }
        while (Fill(reader));
        return events;
    }

    private static bool Fill(WatchReader reader) => reader.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static string Show(ReadOnlySpan<byte> json, SliceDecoder decoder)
    {
        try
        {
            var e = WatchEventDecoder.Decode(json, decoder);
            return $"{e.Type} {e.ResourceVersion} {e.Item?.Name} {e.Item?.Endpoints.Count}";
        }
        catch (JsonException)
        {
            return "malformed";
        }
    }

    private static (int Items, ListMetadata Metadata) ListOf(IEnumerable<byte[]> chunks)
    {
        using var stream = ScriptedStream.Of(chunks);
        using var reader = new ListReader(stream, MaxObject);
        var items = 0;
        do
        {
            while (true)
            {
                var read = reader.TryRead(out var json);
                if (read == ObjectRead.Broken) throw new JsonException("broken");
                if (read == ObjectRead.Incomplete) break;
                items++;
                ObjectIdentity.Read(json);
            }
        }
        while (reader.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult());
        return (items, reader.Metadata());
    }
}
