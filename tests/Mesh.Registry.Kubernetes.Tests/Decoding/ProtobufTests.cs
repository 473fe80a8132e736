using System.Text;
using System.Text.Json;
using CsCheck;
using Mesh.Watch;

namespace Mesh.Decoding;

public sealed class ProtobufTests
{
    private const int MaxObject = 64 * 1024;

    private static readonly byte[] Events = [.. Enumerable.Range(0, 20).SelectMany(static i => (i % 3) switch
    {
        0 => ProtobufWriter.Frame("ADDED", ProtobufSamples.Slice),
        1 => ProtobufWriter.Frame("DELETED", ProtobufSamples.Slice),
        _ => ProtobufWriter.Frame("BOOKMARK", ProtobufSamples.Bookmark($"{i}")),
    })];

    private static readonly byte[] List = ProtobufWriter.List("77", "c", Enumerable.Repeat(ProtobufSamples.Slice, 12));

    private static readonly Gen<int[]> Cuts = Gen.Int[1, 40].Array[1, 400];

    private readonly StringPool _pool = new();

    [Fact]
    public void Objects_InBothFormats_AreTheSame()
    {
        ObjectText.Of(new ServiceDecoder(_pool).Decode(ProtobufSamples.Service)).ShouldBe(ObjectText.Of(Json(new ServiceDecoder(_pool), DecodingSamples.Service)));
        ObjectText.Of(new SliceDecoder(_pool).Decode(ProtobufSamples.Slice)).ShouldBe(ObjectText.Of(Json(new SliceDecoder(_pool), DecodingSamples.Slice)));
        ObjectText.Of(new NodeDecoder(_pool).Decode(ProtobufSamples.Node)).ShouldBe(ObjectText.Of(Json(new NodeDecoder(_pool), DecodingSamples.Node)));
    }

    [Fact]
    public void Slice_OddButAllowed_IsTakenAsItIs()
    {
        var slice = new SliceDecoder(_pool).Decode(ProtobufWriter.Message(static w => w
            .Add(4, "FQDN")
            .Add(2, static e => e.Add(1, "pod.example.com").Add(1, "second").Add(999, 1).Add(998, "novel"))
            .Add(2, static e => e.Add(1, "not an address"))
            .Add(2, static _ => { })
            .Add(1, static m => m.Add(1, "a").Add(6, "1").Pair(11, "multicluster.kubernetes.io/source-cluster", "beta"))));

        slice.Endpoints.Select(static e => e.Address.ToString()).First().ShouldBe("pod.example.com");
        slice.Endpoints[1].Malformed.ShouldBe("not an address");
        slice.Endpoints[2].Address.Kind.ShouldBe(EndpointAddressKind.None);
        slice.IsImported.ShouldBeTrue();
        slice.ServiceName.ShouldBeNull();
        slice.AddressType.ShouldBe(SliceAddressType.Fqdn);
    }

    [Fact]
    public void Status_InTheStream_SaysWhatIsWrong()
    {
        var frame = ProtobufWriter.Frame("ERROR", ProtobufSamples.Status(504, "Timeout", "ResourceVersionTooLarge"), "Status");

        var status = ProtobufEventDecoder.Decode(frame.AsSpan(4), new NodeDecoder(_pool)).Status!;

        status.Code.ShouldBe(504);
        status.Reason.ShouldBe("Timeout");
        status.Message.ShouldBe("told so");
        status.RetryAfterSeconds.ShouldBe(7);
        status.IsVersionTooLarge.ShouldBeTrue();
    }

    [Fact]
    public void Status_AsABody_IsReadInEitherFormat()
    {
        StatusObject.TryDecode(ProtobufWriter.Wrapped("v1", "Status", ProtobufSamples.Status(422, "Invalid")))!.Code.ShouldBe(422);
        StatusObject.TryDecode("""{"code":422}"""u8)!.Code.ShouldBe(422);
        StatusObject.TryDecode("k8s\0\u0001"u8).ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bookmark_AtTheEndOfTheState_SaysSo(bool ends)
    {
        var e = ProtobufEventDecoder.Decode(ProtobufWriter.Frame("BOOKMARK", ProtobufSamples.Bookmark("40", ends)).AsSpan(4), new NodeDecoder(_pool));

        e.ResourceVersion.ShouldBe("40");
        e.EndsInitialEvents.ShouldBe(ends);
    }

    public static TheoryData<string, byte[]> MalformedNodes { get; } = new()
    {
        { "no name", ProtobufWriter.Message(static w => w.Add(1, static m => m.Add(6, "1"))) },
        { "no version", ProtobufWriter.Message(static w => w.Add(1, static m => m.Add(1, "a"))) },
        { "a number where the metadata belongs", ProtobufWriter.Message(static w => w.Add(1, 7)) },
        { "a number where a name belongs", ProtobufWriter.Message(static w => w.Add(1, static m => m.Add(1, 7).Add(6, "1"))) },
        { "no UTF-8", ProtobufWriter.Message(static w => w.Add(1, static m => m.Add(1, [0xC3, 0x28]).Add(6, "1"))) },
        { "a group", ProtobufWriter.Message(static w => w.Raw(0x0B)) },
        { "a field without number", ProtobufWriter.Message(static w => w.Raw(0x02, 0x00)) },
        { "a length beyond the end", ProtobufWriter.Message(static w => w.Raw(0x0A, 0x7F, 0x01)) },
        { "a length beyond everything", ProtobufWriter.Message(static w => w.Raw(0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01)) },
        { "a number without end", ProtobufWriter.Message(static w => w.Raw(0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01)) },
        { "a cut number", ProtobufWriter.Message(static w => w.Raw(0x08, 0xFF)) },
    };

    [Theory]
    [MemberData(nameof(MalformedNodes))]
    public void Object_Malformed_IsAProtobufExceptionAndNothingElse(string why, byte[] node)
    {
        Should.Throw<ProtobufException>(() => new NodeDecoder(_pool).Decode(node), why);
        Should.Throw<ProtobufException>(() => ProtobufEventDecoder.Decode(ProtobufWriter.Frame("ADDED", node).AsSpan(4), new NodeDecoder(_pool)), why);
        ProtobufIdentity.OfObject(node);
    }

    [Fact]
    public void WatchEvents_CutAnywhere_AreTheSame() => Cuts.Sample(cuts => EventsOf(Chunks(Events, cuts), out _).ShouldBe(EventsOf([Events], out _)), iter: 200);

    [Fact]
    public void WatchEvents_CutAtEachByte_AreTheSame() => EventsOf(Events.Select(static b => new[] { b }), out _).ShouldBe(EventsOf([Events], out _));

    [Fact]
    public void WatchEvents_TruncatedAnywhere_GiveThoseBeforeAndNoException()
    {
        var whole = EventsOf([Events], out _);
        whole.Count.ShouldBe(20);
        Gen.Int[0, Events.Length].Sample(
            length =>
            {
                var got = EventsOf([Events[..length]], out _);
                got.ShouldBe(whole.Take(got.Count));
            },
            iter: 500);
    }

    [Fact]
    public void WatchEvents_BytesChangedAnywhere_AreMalformedAtWorst() =>
        Gen.Select(Gen.Int[0, Events.Length - 1], Gen.Byte, Gen.Int[1, 4]).Sample((at, value, count) => EventsOf([Changed(Events, at, value, count)], out _), iter: 5000);

    [Fact]
    public void WatchEvent_Random_IsMalformedAtWorst() => Gen.Byte.Array[0, 300].Sample(
        bytes =>
        {
            foreach (var decode in (Action[])[
                () => new ServiceDecoder(_pool).Decode(bytes), () => new SliceDecoder(_pool).Decode(bytes), () => new NodeDecoder(_pool).Decode(bytes),
                () => ProtobufEventDecoder.Decode(bytes, new SliceDecoder(_pool)), () => StatusObject.Decode(bytes), () => EventsOf([bytes], out _), () => ListOf([bytes])])
            {
                try
                {
                    decode();
                }
                catch (ProtobufException)
                {
                }
            }

            ProtobufIdentity.OfObject(bytes);
            ProtobufIdentity.OfEvent(bytes);
            StatusObject.TryDecode([.. "k8s\0"u8, .. bytes]);
        },
        iter: 5000);

    [Fact]
    public void ListItems_CutAnywhere_AreTheSame() => Cuts.Sample(
        cuts =>
        {
            var (items, metadata) = ListOf(Chunks(List, cuts));
            items.ShouldBe(12);
            metadata.ShouldBe(new ListMetadata("77", "c"));
        },
        iter: 200);

    [Fact]
    public void List_TruncatedAnywhere_IsNoWholeListUnlessOnlyItsLastEmptyFieldsLack()
    {
        // The envelope ends in four bytes that say nothing.
        Gen.Int[0, List.Length - 5].Sample(length => Should.Throw<ProtobufException>(() => ListOf([List[..length]])), iter: 500);
    }

    [Fact]
    public void List_BytesChangedAnywhere_IsMalformedAtWorst() => Gen.Select(Gen.Int[0, List.Length - 1], Gen.Byte, Gen.Int[1, 4]).Sample(
        (at, value, count) =>
        {
            try
            {
                ListOf([Changed(List, at, value, count)]);
            }
            catch (ProtobufException)
            {
            }
        },
        iter: 5000);

    public static TheoryData<string, byte[]> NoLists { get; } = new()
    {
        { "nothing", [] },
        { "JSON", Encoding.UTF8.GetBytes("""{"metadata":{"resourceVersion":"1"},"items":[]}""") },
        { "no version", ProtobufWriter.List("", "") },
        { "no list inside", [.. "k8s\0"u8, .. ProtobufWriter.Message(static w => w.Add(3, ""))] },
        { "two lists inside", [.. ProtobufWriter.List("1", ""), .. ProtobufWriter.List("1", "").AsSpan(4)] },
        { "encoded", [.. "k8s\0"u8, .. ProtobufWriter.Message(static w => w.Add(3, "gzip").Add(2, static l => l.Add(1, static m => m.Add(2, "1"))))] },
        { "an item beyond the list", [.. "k8s\0"u8, 0x12, 0x04, 0x12, 0x20, 0x00, 0x00] },
        { "metadata without measure", ProtobufWriter.Wrapped("v1", "NodeList", ProtobufWriter.Message(static w => w.Add(1, new byte[100_000]))) },
        { "a group inside", [.. "k8s\0"u8, .. ProtobufWriter.Message(static w => w.Add(2, static l => l.Raw([0x0B, .. new byte[30]])))] },
    };

    [Theory]
    [MemberData(nameof(NoLists))]
    public void List_ThatIsNone_IsAProtobufException(string why, byte[] body) => Should.Throw<ProtobufException>(() => ListOf([body]), why);

    [Fact]
    public void List_OfNothing_IsEmpty() => ListOf([ProtobufWriter.List("42", "")]).ShouldBe((0, new ListMetadata("42", null)));

    [Theory]
    [InlineData(7)]
    [InlineData(1 << 20)]
    public void ListItem_LargerThanAllowed_IsNamedAndTheOthersArrive(int chunk)
    {
        var large = ProtobufSamples.NodeOf("large", "2", new string('x', 200_000));
        using var reader = new ProtobufListReader(ScriptedStream.Of(Chunks(ProtobufWriter.List("9", "", ProtobufSamples.Node, large, ProtobufSamples.Node), [chunk])), MaxObject);

        var reads = Read(reader);

        reads.ShouldBe([ObjectRead.Value, ObjectRead.TooLarge, ObjectRead.Value]);
        reader.TooLarge.Name.ShouldBe("large");
        reader.Metadata().ResourceVersion.ShouldBe("9");
    }

    [Theory]
    [InlineData(7)]
    [InlineData(1 << 20)]
    public void WatchEvent_LargerThanAllowed_IsNamedAndTheNextArrive(int chunk)
    {
        var large = ProtobufSamples.NodeOf("large", "2", new string('x', 200_000));
        byte[] body = [.. ProtobufWriter.Frame("ADDED", large), .. ProtobufWriter.Frame("ADDED", ProtobufSamples.Node)];
        using var reader = new ProtobufWatchReader(ScriptedStream.Of(Chunks(body, [chunk])), MaxObject);

        Read(reader).ShouldBe([ObjectRead.TooLarge, ObjectRead.Value]);
        reader.TooLarge.Name.ShouldBe("large");
        reader.InObject.ShouldBeFalse();
    }

    [Fact]
    public void WatchEvent_Malformed_IsNamedByItsBeginning()
    {
        var bad = ProtobufWriter.Message(static w => w.Add(1, static m => m.Add(1, "orders").Add(3, "sales").Add(6, 7)));

        ProtobufIdentity.OfEvent(ProtobufWriter.Frame("ADDED", bad).AsSpan(4)).ShouldBe(new ObjectIdentity("sales", "orders"));
        ProtobufIdentity.OfObject(bad).ShouldBe(new ObjectIdentity("sales", "orders"));
        ProtobufIdentity.OfObject(bad.AsSpan(0, 6)).Name.ShouldBe("or", "it was cut there");
    }

    private static T Json<T>(IResourceDecoder<T> decoder, string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        return decoder.Decode(ref reader);
    }

    private static byte[] Changed(byte[] bytes, int at, byte value, int count)
    {
        var changed = (byte[])bytes.Clone();
        for (var i = at; i < Math.Min(at + count, changed.Length); i++) changed[i] = value;
        return changed;
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

    private static List<ObjectRead> Read(IBodyReader reader)
    {
        var reads = new List<ObjectRead>();
        do
        {
            while (reader.TryRead(out _) is var read and not ObjectRead.Incomplete)
            {
                reads.Add(read);
                if (read == ObjectRead.Broken) return reads;
            }
        }
        while (reader.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult());
        return reads;
    }

    private static List<string> EventsOf(IEnumerable<byte[]> chunks, out bool isBroken)
    {
        var decoder = new SliceDecoder(new StringPool());
        var events = new List<string>();
        isBroken = false;
        using var stream = ScriptedStream.Of(chunks);
        using var reader = new ProtobufWatchReader(stream, MaxObject);
        do
        {
            while (reader.TryRead(out var value) is var read and not ObjectRead.Incomplete)
            {
                isBroken = read == ObjectRead.Broken;
                if (isBroken) return events;
                if (read == ObjectRead.Value) events.Add(Show(value, decoder));
            }
        }
        while (reader.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult());
        return events;
    }

    private static string Show(ReadOnlySpan<byte> value, SliceDecoder decoder)
    {
        try
        {
            var e = ProtobufEventDecoder.Decode(value, decoder);
            return $"{e.Type} {e.ResourceVersion} {e.Item?.Name} {e.Item?.Endpoints.Count}";
        }
        catch (ProtobufException)
        {
            ProtobufIdentity.OfEvent(value);
            return "malformed";
        }
    }

    private static (int Items, ListMetadata Metadata) ListOf(IEnumerable<byte[]> chunks)
    {
        using var stream = ScriptedStream.Of(chunks);
        using var reader = new ProtobufListReader(stream, MaxObject);
        var reads = Read(reader);
        if (reads.Contains(ObjectRead.Broken)) throw new ProtobufException("broken");
        return (reads.Count(static r => r == ObjectRead.Value), reader.Metadata());
    }
}
