using System.Text;

namespace Mesh.Watch;

/// <summary>That what arrives is not held: measured for the whole process, so nothing else runs meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class MemoryTests : ResourceWatcherTest
{
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public async Task Step_ObjectOfAHundredMegabytes_IsPassedOverWithoutBeingKept()
    {
        var filler = Encoding.UTF8.GetBytes(new string('x', 64 * 1024));
        byte[][] around =
        [
            Encoding.UTF8.GetBytes("""{"type":"ADDED","object":{"metadata":{"name":"huge","resourceVersion":"43","annotations":{"a":" """),
            Encoding.UTF8.GetBytes("\"}}}}\n" + Event("ADDED", Node("a", 44))),
        ];
        var sent = 0;
        var body = new GeneratedStream(() => sent++ switch
        {
            0 => around[0],
            <= 1_600 => filler,
            1_601 => around[1],
            _ => null,
        });
        Transport.Answer(() => new TransportResponse(200, null, body));

        WatchState state = await StepAsync<WatchState.Following>(new WatchState.Watching("42"));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        while (!Consumer.Calls.Contains("Apply a")) state = await Watcher.StepAsync(state, Token);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        await state.LeaveAsync();

        Consumer.Calls.ShouldBe(["Opened", "Skip huge", "Apply a"]);
        TestContext.Current.TestOutputHelper!.WriteLine($"{allocated / Megabyte} MB allocated");
        allocated.ShouldBeLessThan(64 * Megabyte);
    }

    [Fact]
    public async Task Step_ListOfAHundredMegabytes_IsNeverHeldWhole()
    {
        // 128,000 objects of 1 KB; the consumer of this test keeps none of them.
        var item = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Node("a", 1, new string('x', 900)) + ",", 64)));
        var sent = 0;
        long peak = 0;
        var body = new GeneratedStream(() =>
        {
            if (sent % 200 == 0) peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
            return sent++ switch
            {
                0 => Encoding.UTF8.GetBytes("""{"kind":"NodeList","metadata":{"resourceVersion":"42"},"items":["""),
                <= 2_000 => item,
                2_001 => Encoding.UTF8.GetBytes(Node("last", 2) + "]}"),
                _ => null,
            };
        });
        Transport.Answer(() => new TransportResponse(200, null, body));
        Consumer.KeepsCalls = false;
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await StepAsync<WatchState.Watching>(await StepAsync<WatchState.Listing>(WatchState.Empty.First));

        Consumer.State.Keys.ShouldBe(["a", "last"]);
        TestContext.Current.TestOutputHelper!.WriteLine($"{body.Sent / Megabyte} MB arrived, {(peak - before) / 1024} KB more held at most");
        body.Sent.ShouldBeGreaterThan(110 * Megabyte);
        (peak - before).ShouldBeLessThan(8 * Megabyte);
    }
}
