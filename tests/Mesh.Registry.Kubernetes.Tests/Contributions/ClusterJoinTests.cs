using System.Collections.Immutable;
using Mesh.Connector;
using Mesh.Decoding;

namespace Mesh.Contributions;

/// <summary>How lists and changes of a cluster's objects become contributions.</summary>
public sealed class ClusterJoinTests : ClusterJoinTest
{
    [Fact]
    public void Open_NotEverythingListed_WaitsForIt()
    {
        List(Services, Service("orders"));
        List(Slices, Slice("orders", "a", "10.0.0.1"));
        Sink.Calls.ShouldBeEmpty();

        List(Nodes);

        Sink.Calls.ShouldBe(["Reset 1"]);
        Sink.Addresses("orders.sales").ShouldBe("10.0.0.1");
    }

    [Fact]
    public void Slice_Changes_RebuildsItsSegmentAlone()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1"), Slice("orders", "b", "10.0.0.2")]);
        var before = Sink.Find("orders.sales")!.Segments;

        Apply(Slices, Slice("orders", "b", "10.0.0.3"));

        var after = Sink.Find("orders.sales")!.Segments;
        after[0].ShouldBeSameAs(before[0]);
        after[1].ShouldNotBeSameAs(before[1]);
        Sink.Calls.Last().ShouldBe("Upsert orders.sales");
    }

    [Fact]
    public void Slice_TouchedWithoutAChange_PublishesNothing()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1")]);

        Apply(Slices, Slice("orders", "a", "10.0.0.1"));
        Apply(Services, Service("orders"));

        Sink.Calls.ShouldBe(["Reset 1"]);
    }

    [Fact]
    public void Relist_SameState_PublishesNothing()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1")]);

        List(Services, Service("orders"));
        List(Slices, Slice("orders", "a", "10.0.0.1"));

        Sink.Calls.ShouldBe(["Reset 1"]);
    }

    [Fact]
    public void Relist_SomethingMissing_IsDeleted()
    {
        Open([Service("orders"), Service("stock")], [Slice("orders", "a", "10.0.0.1"), Slice("orders", "b", "10.0.0.2")]);

        List(Slices, Slice("orders", "b", "10.0.0.2"));
        List(Services, Service("orders"), Service("new"));

        Sink.Addresses("orders.sales").ShouldBe("10.0.0.2");
        Sink.Services.Select(static s => s.Name).ShouldBe(["new", "orders"]);
        Sink.Calls.ShouldBe(["Reset 2", "Upsert orders.sales", "Upsert new.sales", "Remove stock.sales"]);
    }

    [Fact]
    public void Relist_SliceReplacedByAnother_IsNeverSeenWithNeither()
    {
        var order = new List<string>();
        var set = new WatchedSet<SliceObject, SliceObject>(
            "EndpointSlice", static s => new ObjectKey(s.Namespace, s.Name), static s => s, (key, kept) => order.Add($"{(kept is null ? "remove" : "set")} {key.Name}"), Join);
        List(set, Slice("orders", "a", "10.0.0.1"));

        List(set, Slice("orders", "b", "10.0.0.2"));

        order.ShouldBe(["set a", "set b", "remove a"]);
    }

    [Fact]
    public void Slices_OfServicesThatAreNotWanted_AreNotKept()
    {
        var join = new ClusterJoin("kubernetes/alpha", new ClusterId("alpha"), Sink, new ServiceFilter(["orders.sales"]), "home", null, ExportMode.All, static _ => { });
        var slices = join.AddSlices();

        slices.Apply(Slice("orders", "a", "10.0.0.1"));
        slices.Apply(Slice("carts", "b", "10.0.0.2"));

        slices.Count.ShouldBe(1);
    }

    [Fact]
    public void Relist_OfAnotherNamespace_LeavesProblemsAlone()
    {
        var others = Join.AddSlices();
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1")]);
        List(others);
        Slices.Skip(new ObjectIdentity("sales", "a"), "it is malformed");

        List(others);

        Sink.Problems.ShouldContainKey("EndpointSlice sales/a");
    }

    [Fact]
    public void Relist_BrokenOff_ChangesNothing()
    {
        Open([Service("orders")], []);

        Services.Init();
        Services.InitApply(Service("half"));
        Join.Flush(0);
        Services.Init();
        Services.InitApply(Service("orders"));
        Services.InitDone();
        Join.Flush(0);

        Sink.Services.Select(static s => s.Name).ShouldBe(["orders"]);
    }

    [Fact]
    public void Slice_BeforeItsService_WaitsForIt()
    {
        Open([], [Slice("orders", "a", "10.0.0.1")]);
        Sink.Services.ShouldBeEmpty();

        Apply(Services, Service("orders"));
        Sink.Addresses("orders.sales").ShouldBe("10.0.0.1");

        Delete(Services, Service("orders"));
        Sink.Calls.Last().ShouldBe("Remove orders.sales");
    }

    [Fact]
    public void Slice_GivenToAnotherService_Moves()
    {
        Open([Service("orders"), Service("stock")], [Slice("orders", "a", "10.0.0.1")]);

        Apply(Slices, Slice("stock", "a", "10.0.0.1"));

        Sink.Addresses("orders.sales").ShouldBe("");
        Sink.Addresses("stock.sales").ShouldBe("10.0.0.1");
    }

    [Fact]
    public void Slice_CopiedFromAnotherCluster_IsNeverContributed()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1"), Slice("orders", "imported", "10.9.0.1", imported: true)]);

        Sink.Addresses("orders.sales").ShouldBe("10.0.0.1");
    }

    [Fact]
    public void ExternalName_Is_InvalidWithAdvice()
    {
        Open([Service("db") with { Kind = ServiceKind.ExternalName, ExternalName = "db.example.com" }], [Slice("db", "a", "10.0.0.1")]);

        var service = Sink.Find("db.sales")!;
        service.Invalid!.ShouldContain("Call db.example.com itself");
        service.Segments.ShouldBeEmpty();
    }

    [Fact]
    public void Service_WithoutPorts_IsInvalidUntilItHasOne()
    {
        Open([Service("orders") with { Ports = [] }], []);
        Sink.Find("orders.sales")!.Invalid!.ShouldContain("has no ports");

        Apply(Services, Service("orders"));
        Sink.Find("orders.sales")!.Invalid.ShouldBeNull();
    }

    [Fact]
    public void Slices_TenThousandEndpointsInAHundred_AreAllThereAndOneChangeCostsOneSlice()
    {
        var slices = Enumerable.Range(0, 100).Select(static i => Slice("orders", $"s{i:00}", [.. Enumerable.Range(0, 100).Select(j => $"10.{i}.0.{j}")])).ToArray();
        Open([Service("orders")], slices);
        var before = Sink.Find("orders.sales")!.Segments;

        Apply(Slices, Slice("orders", "s50", "10.200.0.1"));

        var after = Sink.Find("orders.sales")!.Segments;
        before.Sum(static s => s.Count).ShouldBe(10_000);
        after.Sum(static s => s.Count).ShouldBe(9_901);
        after.Zip(before).Count(static p => !ReferenceEquals(p.First, p.Second)).ShouldBe(1);
    }

    [Fact]
    public void Slice_TenThousandEndpoints_AreAllThere()
    {
        var addresses = Enumerable.Range(0, 10_000).Select(static i => $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}").ToArray();
        addresses[0] = "10.200.0.1";
        Open([Service("orders")], [Slice("orders", "a", addresses)]);

        Sink.Endpoints("orders.sales").Length.ShouldBe(10_000);
    }

    [Theory]
    [InlineData(null, "10.0.0.1 10.0.0.2 fd00::1")]
    [InlineData("IPv4", "10.0.0.1 10.0.0.2 fd00::1")]
    [InlineData("IPv6", "fd00::1 10.0.0.1 10.0.0.2")]
    public void Slices_OfBothFamilies_TheServicesFirstFamilyStandsFirst(string? family, string expected)
    {
        Open(
            [Service("orders") with { Family = family is null ? null : Enum.Parse<SliceAddressType>(family), IsHeadless = family is null }],
            [Slice("orders", "b", "10.0.0.1"), Slice("orders", "a", SliceAddressType.IPv6, "fd00::1"), Slice("orders", "c", "10.0.0.2")]);

        string.Join(' ', Sink.Endpoints("orders.sales").Select(static e => e.Address.ToString())).ShouldBe(expected);
    }

    [Fact]
    public void Service_ChangesItsFirstFamily_IsPublishedAnew()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1"), Slice("orders", "b", SliceAddressType.IPv6, "fd00::1")]);

        Apply(Services, Service("orders") with { Family = SliceAddressType.IPv6 });

        Sink.Endpoints("orders.sales")[0].Address.ToString().ShouldBe("fd00::1");
    }

    [Fact]
    public void Slices_WithOtherNumbersForOneNamedPort_KeepTheirs()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1"), Slice("orders", "b", "10.0.0.2", new EndpointPort("http", 9090))]);

        Sink.Endpoints("orders.sales").Select(static e => $"{e.Address}:{e.Ports[0].Port}").ShouldBe(["10.0.0.1:8080", "10.0.0.2:9090"]);
    }

    [Fact]
    public void Service_Affinity_IsInItsPolicyAlsoThatThereIsNone()
    {
        Open([Service("orders") with { ClientIpAffinity = TimeSpan.FromSeconds(77), TrafficDistribution = TrafficDistribution.PreferSameZone }, Service("stock")], []);

        Sink.Find("orders.sales")!.Policy.ShouldBe(new ServicePolicy
        {
            SessionAffinity = SessionAffinity.ClientIP,
            SessionAffinityTimeout = TimeSpan.FromSeconds(77),
            TrafficDistribution = TrafficDistribution.PreferSameZone,
        });
        Sink.Find("stock.sales")!.Policy.ShouldBe(new ServicePolicy { SessionAffinity = SessionAffinity.None });
        Apply(Services, Service("orders"));
        Sink.Find("orders.sales")!.Policy!.SessionAffinity.ShouldBe(SessionAffinity.None);
        Sink.Calls.ShouldBe(["Reset 2", "Upsert orders.sales"]);
    }

    [Fact]
    public void Region_NodesListedLateRelabelledAndMissingInANewList_EndpointsFollow()
    {
        List(Services, Service("orders"));
        List(Slices, Slice("orders", "a", "10.0.0.1"), Slice("orders", "b", "10.0.0.2"));
        List(Nodes, new NodeObject("n1", "1", "eu", null), new NodeObject("n2", "1", "eu", null));
        Sink.Calls.ShouldBe(["Reset 1"]);
        Regions().ShouldBe(["eu", "eu"]);

        Apply(Nodes, new NodeObject("n1", "2", "us", null));
        Regions().ShouldBe(["us", "us"]);
        Apply(Slices, Slice("orders", "c", "10.0.0.3"));
        Regions().ShouldBe(["us", "us", "us"], "a slice that comes later finds the Node");

        List(Nodes, new NodeObject("n2", "1", "eu", null));
        Regions().ShouldBe(["home", "home", "home"], "the Node went while nobody watched");

        IEnumerable<string?> Regions() => Sink.Endpoints("orders.sales").Select(static e => e.Locality.Region);
    }

    [Fact]
    public void Region_FromTheNode_ElseFromTheConfiguration()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1")]);
        Region().ShouldBe("home");

        Apply(Nodes, new NodeObject("n1", "1", "eu", null));
        Region().ShouldBe("eu");
        Apply(Nodes, new NodeObject("n1", "2", null, null));
        Region().ShouldBe("home");
        Apply(Nodes, new NodeObject("n1", "3", "us", null));
        Delete(Nodes, new NodeObject("n1", "3", "us", null));
        Region().ShouldBe("home");

        string? Region() => Sink.Endpoints("orders.sales").Single().Locality.Region;
    }

    [Fact]
    public void Node_NobodyIsOn_ChangesNothing()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1")]);

        Apply(Nodes, new NodeObject("elsewhere", "1", "eu", null));

        Sink.Calls.ShouldBe(["Reset 1"]);
    }

    [Fact]
    public void Object_LeftOut_KeepsWhatWasKnownOfIt()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1"), Slice("orders", "b", "10.0.0.2")]);

        Slices.Skip(new ObjectIdentity("sales", "a"), "it is malformed");
        Sink.Problems["EndpointSlice sales/a"].Message.ShouldContain("what was known of it before is used");
        Slices.Init();
        Slices.Skip(new ObjectIdentity("sales", "a"), "it is malformed");
        Slices.InitDone();
        Join.Flush(0);

        Sink.Addresses("orders.sales").ShouldBe("10.0.0.1");
        Sink.Problems.Count.ShouldBe(1);
        Apply(Slices, Slice("orders", "a", "10.0.0.1"));
        Sink.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Object_LeftOutInOneListAndThereInTheNext_IsNoProblemAnyMore()
    {
        Slices.Init();
        Slices.Skip(new ObjectIdentity(null, null), "it is larger than allowed");
        Slices.InitDone();
        List(Services, Service("orders"));
        List(Nodes);
        Sink.Problems.ShouldContainKey("EndpointSlice ?");

        List(Slices, Slice("orders", "a", "10.0.0.1"));

        Sink.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Service_WithANameThatIsNone_IsLeftOut()
    {
        Open([Service("orders"), Service("Or.ders")], []);

        Sink.Services.Single().Name.ShouldBe("orders");
        Sink.Problems.Single().Key.ShouldBe("Service sales/Or.ders");
        Sink.Problems.Single().Value.Message.ShouldContain("no DNS label");
    }

    [Fact]
    public void Service_WithAForgedName_CannotForgeLogLines()
    {
        Open([Service("or\nders")], [new SliceObject("sales", "a\r\nb", "1") { ServiceName = "stock", AddressType = SliceAddressType.Fqdn, Endpoints = Endpoints(["x.example"]) }]);
        Apply(Services, Service("stock"));

        Sink.Problems.Count.ShouldBe(2);
        Sink.Problems.ShouldAllBe(static p => !p.Key.Any(char.IsControl) && !p.Value.Message.Any(char.IsControl));
    }

    // With a walk over all of them for each of them every change takes seconds, and this minutes.
    [Fact]
    public void Slices_TwentyThousandThatMayNotBeContributed_EachChangeIsTakenAndTakenBack()
    {
        Open([Service("orders")], [.. Enumerable.Range(0, 20_000).Select(static i => Slice("orders", $"s{i}", "127.0.0.1"))]);
        Sink.Problems.Count.ShouldBe(20_000);

        for (var i = 0; i < 100; i++) Apply(Slices, Slice("orders", $"s{i}", $"10.0.0.{i}"));

        Sink.Problems.Count.ShouldBe(19_900);
    }
}
