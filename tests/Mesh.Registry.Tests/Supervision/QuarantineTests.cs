using Mesh.Catalog;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.Supervision;

public class QuarantineTests
{
    private const int LeftOut = 1010;

    public static TheoryData<string, ServiceContribution> BadServices => new()
    {
        { "Its port '' has the number 0; it must be 1 to 65535.", Service(Orders) with { Ports = [new ServicePort("", 0)] } },
        { "Its port name 'no_good' is not a DNS label.", Service(Orders) with { Ports = [new ServicePort("no_good", 80)] } },
        { "Its port 'b' 80/Tcp has the name or the number of another one.", Service(Orders) with { Ports = [new ServicePort("a", 80), new ServicePort("b", 80)] } },
        { "a cluster may only bring its own endpoints.", Service(Orders, Beta, "10.0.0.9") },
        { "Its slice 's' is there twice.", Service(Orders) with { Segments = [Segment(Alpha, "s", "10.0.0.8"), Segment(Alpha, "s", "10.0.0.9")] } },
        { "a number is 1 to 65535", Service(Orders) with { Segments = [new EndpointSegmentBuilder(Alpha, "s", [new EndpointPort("", 70_000)]).Build()] } },
        { "Its policy's HashKey is 'cookie:a;b': use header:NAME, cookie:NAME, source-address or path.", Service(Orders) with { Policy = ServicePolicy.Empty with { HashKey = new HashKey(HashKeyKind.Cookie, "a;b") } } },
        { "Its policy's TrafficDistribution is 9: use", Service(Orders) with { Policy = ServicePolicy.Empty with { TrafficDistribution = (TrafficDistribution)9 } } },
        { "Its policy's MaxRetries is 11: use 0 to 10.", Service(Orders) with { Policy = ServicePolicy.Empty with { MaxRetries = 11 } } },
    };

    [Theory]
    [MemberData(nameof(BadServices))]
    public async Task Upsert_ABadService_TheLastGoodOneStaysAndTheMessageSaysWhatIsWrong(string message, ServiceContribution bad)
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        source.Sink.Upsert(Alpha, bad);

        test.Endpoints(Orders).ShouldBe(["alpha 10.0.0.1"]);
        var problem = test.Catalog.Problems.ShouldHaveSingleItem();
        problem.Message.ShouldContain(message);
        problem.Message.ShouldContain("Its last good state stays.");
        problem.Service.ShouldBe(Orders);
        problem.Source.ShouldBe("hand");
        problem.Cluster.ShouldBe(Alpha);
    }

    [Fact]
    public async Task Reset_OneBadService_TheOthersFlowAndItIsLoggedOnceUntilItIsNews()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        ServiceContribution[] bad = [Service(Orders) with { Ports = [new ServicePort("", 0)] }, Service(Carts, "10.0.0.2")];
        ServiceContribution[] good = [Service(Orders, "10.0.0.1"), Service(Carts, "10.0.0.2")];

        source.Sink.Reset(Alpha, bad);
        source.Sink.Reset(Alpha, bad);
        test.Endpoints(Carts).ShouldBe(["alpha 10.0.0.2"]);
        test.Cell(Orders).Current.ShouldBeNull();
        test.Catalog.Problems.ShouldHaveSingleItem().Message.ShouldEndWith("It is not in the catalog.");
        test.Logged(LeftOut).ShouldBe(1);

        source.Sink.Reset(Alpha, good);
        test.Catalog.Problems.ShouldBeEmpty();
        test.Endpoints(Orders).ShouldBe(["alpha 10.0.0.1"]);

        source.Sink.Reset(Alpha, bad);
        test.Logged(LeftOut).ShouldBe(2, "now it has a last good state");
        source.Sink.Reset(Alpha, good);
        source.Sink.Reset(Alpha, good);
        source.Sink.Reset(Alpha, bad);
        test.Logged(LeftOut).ShouldBe(3, "a fault that had gone and is back is news");
        test.Endpoints(Orders).ShouldBe(["alpha 10.0.0.1"], "the last good state stays");
    }

    [Fact]
    public async Task Upsert_GoodAgain_ClearsTheProblemAndSaysSo()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        var faulty = 0;
        var healed = 0;
        using var subscription = test.Catalog.Subscribe(batch =>
        {
            if (batch.Count == 0)
            {
                Interlocked.Increment(ref test.Catalog.Problems.Count == 0 ? ref healed : ref faulty);
            }
        });
        source.Sink.Upsert(Alpha, Service(Orders) with { Ports = [new ServicePort("", 0)] });
        await Until.TrueAsync(() => Volatile.Read(ref faulty) > 0);
        var before = Volatile.Read(ref healed);

        // The same as before the fault: nothing is swapped, and the problem is gone all the same.
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        test.Catalog.Problems.ShouldBeEmpty();
        await Until.TrueAsync(() => Volatile.Read(ref healed) > before);
    }

    [Fact]
    public async Task Remove_ABadService_ClearsTheProblem()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.Upsert(Alpha, Service(Orders) with { Ports = [new ServicePort("", 0)] });

        source.Sink.Remove(Alpha, Orders);

        test.Catalog.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reset_TheSameServiceTwice_IsLeftOutByName()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        source.Sink.Reset(Alpha, [Service(Orders, "10.0.0.2"), Service(Orders, "10.0.0.3")]);

        test.Endpoints(Orders).ShouldBe(["alpha 10.0.0.1"]);
        test.Catalog.Problems.ShouldHaveSingleItem().Message.ShouldContain("bring each service once");
    }

    [Fact]
    public async Task Upsert_NamesThatAreNoDnsLabels_LeftOutAndShownPrintable()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);

        source.Sink.Upsert(Alpha, Service(new ServiceName("sales", "Or\u001bders")));

        var problem = test.Catalog.Problems.ShouldHaveSingleItem();
        problem.Message.ShouldContain("must be DNS labels");
        problem.Subject.ShouldNotContain('\u001b');
        test.Catalog.Services.ShouldBeEmpty();
    }

    [Fact]
    public async Task ReportProblem_BySubject_ReplacedClearedAndForgottenAtAReset()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        CatalogProblem Problem(string message) => new("another's name", Alpha, "slice x", message);

        source.Sink.ReportProblem(Problem("first"));
        source.Sink.ReportProblem(Problem("first"));
        source.Sink.ReportProblem(Problem("second"));
        var problem = test.Catalog.Problems.ShouldHaveSingleItem();
        problem.Message.ShouldBe("second");
        problem.Source.ShouldBe("hand", "a source speaks in its own name only");
        test.Logged(LeftOut).ShouldBe(2);

        source.Sink.ClearProblem(Alpha, "slice x");
        test.Catalog.Problems.ShouldBeEmpty();
        source.Sink.ReportProblem(Problem("second"));
        source.Sink.Reset(Alpha, []);
        test.Catalog.Problems.ShouldBeEmpty();
    }
}
