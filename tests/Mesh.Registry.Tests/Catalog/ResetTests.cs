using System.Collections;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.Catalog;

public class ResetTests
{
    [Fact]
    public async Task Reset_ServicesComeAndGo_AdditionsFirstRemovalsLast()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        List<string> seen = [];
        var services = new WatchedCollection([Service(Carts, "10.0.0.2"), Service(new("sales", "items"), "10.0.0.3")], () =>
            seen.Add(string.Join(' ', new[] { "orders", "carts", "items" }.Where(n => test.Cell(new("sales", n)).Current is not null))));

        source.Sink.Reset(Alpha, services);

        seen.ShouldBe(["orders", "orders carts", "orders carts items"]);
        test.Cell(Orders).Current.ShouldBeNull();
    }

    [Fact]
    public async Task Reset_ReadersHammer_NobodySeesAHalfFilledOrAnEmptyService()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        string[] even = ["10.0.0.2", "10.0.0.4", "10.0.0.6"];
        string[] odd = ["10.0.0.1", "10.0.0.3"];
        source.Sink.Reset(Alpha, [Service(Orders, even)]);
        var cell = test.Cell(Orders);
        var whole = new HashSet<string> { string.Join(' ', even), string.Join(' ', odd) };
        var done = false;
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            HashSet<string> seen = [];
            var revision = 0L;
            while (!Volatile.Read(ref done))
            {
                var snapshot = cell.Current.ShouldNotBeNull();
                snapshot.Revision.ShouldBeGreaterThanOrEqualTo(revision, "no reader goes back in time");
                revision = snapshot.Revision;
                seen.Add(string.Join(' ', snapshot.Endpoints.ToArray().Select(static e => e.Address)));
            }

            return seen;
        }, TestContext.Current.CancellationToken)).ToArray();

        for (var i = 0; i < 3000; i++)
        {
            source.Sink.Reset(Alpha, [Service(Orders, i % 2 == 0 ? odd : even)]);
        }

        Volatile.Write(ref done, true);
        foreach (var seen in await Task.WhenAll(readers))
        {
            seen.ShouldBeSubsetOf(whole);
        }
    }

    [Fact]
    public async Task Reset_AServiceMovesToAnotherName_OneOfTheTwoIsAlwaysThere()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        var names = Enumerable.Range(0, 500).Select(static i => new ServiceName("sales", $"s{i}")).ToArray();
        var cells = Array.ConvertAll(names, test.Cell);
        source.Sink.Reset(Alpha, [Service(names[0], "10.0.0.1")]);
        var current = 0;
        var reader = Task.Run(() =>
        {
            while (Volatile.Read(ref current) is var i && i < names.Length - 1)
            {
                var found = cells[i].Current is not null || cells[i + 1].Current is not null;
                (found || Volatile.Read(ref current) != i).ShouldBeTrue();
            }
        }, TestContext.Current.CancellationToken);

        for (var i = 1; i < names.Length; i++)
        {
            source.Sink.Reset(Alpha, [Service(names[i], "10.0.0.1")]);
            Volatile.Write(ref current, i);
        }

        await reader;
    }

    [Fact]
    public async Task Reset_OneSourceAndCluster_NeverTouchesWhatAnotherBrought()
    {
        var first = new HandSource("first");
        var second = new HandSource("second");
        await using var test = await StartAsync(first, second);
        first.Sink.SetCluster(Live(Beta));
        first.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        first.Sink.Upsert(Beta, Service(Orders, Beta, "10.1.0.1"));
        second.Sink.Upsert(Alpha, Service(Orders, "10.0.0.2"));

        first.Sink.Reset(Alpha, []);
        test.Endpoints(Orders).ShouldBe(["alpha 10.0.0.2", "beta 10.1.0.1"]);
        second.Sink.Remove(Beta, Orders);
        second.Sink.RemoveCluster(Beta);
        test.Endpoints(Orders).ShouldBe(["alpha 10.0.0.2", "beta 10.1.0.1"]);
        second.Sink.RemoveCluster(Alpha);
        test.Endpoints(Orders).ShouldBe(["beta 10.1.0.1"]);
        test.Catalog.FindCluster(Alpha).ShouldNotBeNull("the first source still knows the cluster");
    }

    [Fact]
    public async Task Upsert_AClusterThatWasNotDescribed_RefusedWithWhatToDo()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);

        Should.Throw<InvalidOperationException>(() => source.Sink.Upsert(Beta, Service(Orders, Beta, "10.0.0.1"))).Message.ShouldContain("call SetCluster first");
    }

    private sealed class WatchedCollection(ServiceContribution[] services, Action look) : IReadOnlyCollection<ServiceContribution>
    {
        private int _passes;

        public int Count => services.Length;

        // The first pass reads names; the second one publishes. A look before each element and after the last shows every step.
        public IEnumerator<ServiceContribution> GetEnumerator()
        {
            var isPublishing = ++_passes == 2;
            foreach (var service in services)
            {
                if (isPublishing)
                {
                    look();
                }

                yield return service;
            }

            if (isPublishing)
            {
                look();
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
